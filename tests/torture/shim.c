/* Loaded before the C library (LD_PRELOAD) into a build and all its workers: counts the calls that change files below
 * one folder, and lets the one with a given number fail, or end everything there. The count is shared by all processes
 * in a small mapped file, so that a number names one moment of the whole build.
 *
 *   TORTURE_ROOT   the folder            TORTURE_COUNT  the mapped file: two 64-bit numbers (calls, what was done)
 *   TORTURE_AT     number of the call    TORTURE_DO     an error number, or "kill"
 *   TORTURE_FROM   set: calls are counted from the first of this name on
 *   TORTURE_ON     set: from that call on whatever asks for space fails, as on a disk that is full
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static struct { int64_t calls, done; char what[240]; } *shared;
static char root[PATH_MAX];
static size_t root_length;
static int64_t at;
static const char *from_call;
static int error, all_on;

__attribute__((constructor)) static void begin(void) {
    const char *folder = getenv("TORTURE_ROOT"), *count = getenv("TORTURE_COUNT");
    if (!folder || !count) return;
    int fd = syscall(SYS_openat, AT_FDCWD, count, O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    void *found = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    if (found == MAP_FAILED) return;
    strncpy(root, folder, sizeof root - 1);
    root_length = strlen(root);
    const char *number = getenv("TORTURE_AT"), *what = getenv("TORTURE_DO");
    at = number ? atoll(number) : 0;
    error = what && strcmp(what, "kill") ? atoi(what) : 0;
    all_on = getenv("TORTURE_ON") != NULL;
    from_call = getenv("TORTURE_FROM");
    shared = found;
}

/* 1: this call must fail, errno is set. `space`: it asks the disk for room. */
static int struck(const char *call, const char *path, int space) {
    if (from_call && shared->calls == 0 && strcmp(call, from_call)) return 0;
    int64_t number = __sync_add_and_fetch(&shared->calls, 1);
    if (at == 0 || (all_on ? number < at || !space : number != at)) return 0;
    if (__sync_add_and_fetch(&shared->done, 1) == 1)
        snprintf(shared->what, sizeof shared->what, "%s %s (%s)", call, path + root_length,
                 program_invocation_short_name);
    if (!error) {
        kill(0, SIGKILL);
        pause();
    }
    errno = error;
    return 1;
}

static int below(const char *path) { return strncmp(path, root, root_length) == 0; }

static int strike_at(const char *call, int folder, const char *path, int space) {
    char whole[PATH_MAX * 2 + 1];
    if (!shared || !path) return 0;
    if (path[0] != '/') {
        char link[64], place[PATH_MAX];
        snprintf(link, sizeof link, folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
        ssize_t length = readlink(link, place, sizeof place - 1);
        if (length < 0) return 0;
        place[length] = 0;
        snprintf(whole, sizeof whole, "%s/%s", place, path);
        path = whole;
    }
    return below(path) && struck(call, path, space);
}

static int strike_on(const char *call, int fd, int space) {
    char link[64], path[PATH_MAX];
    if (!shared) return 0;
    int saved = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = saved;
    if (length < 0) return 0;
    path[length] = 0;
    return below(path) && struck(call, path, space);
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

#define WRITING(flags) (((flags) & O_ACCMODE) != O_RDONLY || ((flags) & O_CREAT))

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(int, name, const char *, int, ...); \
        mode_t mode = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); } \
        if (WRITING(flags) && strike_at("open", AT_FDCWD, path, flags & O_CREAT)) return -1; \
        return real(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        REAL(int, name, int, const char *, int, ...); \
        mode_t mode = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); } \
        if (WRITING(flags) && strike_at("open", folder, path, flags & O_CREAT)) return -1; \
        return real(folder, path, flags, mode); \
    }
OPENAT(openat)
OPENAT(openat64)

#define FOPEN(name) \
    FILE *name(const char *path, const char *mode) { \
        REAL(FILE *, name, const char *, const char *); \
        if (strpbrk(mode, "wa+") && strike_at("open", AT_FDCWD, path, 1)) return NULL; \
        return real(path, mode); \
    }
FOPEN(fopen)
FOPEN(fopen64)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, write, int, const void *, size_t);
    return strike_on("write", fd, 1) ? -1 : real(fd, data, size);
}
ssize_t writev(int fd, const struct iovec *data, int count) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    return strike_on("write", fd, 1) ? -1 : real(fd, data, count);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
    return strike_on("write", fd, 1) ? -1 : real(fd, data, size, offset);
}
ssize_t sendfile64(int to, int from, off64_t *offset, size_t size) {
    REAL(ssize_t, sendfile64, int, int, off64_t *, size_t);
    return strike_on("write", to, 1) ? -1 : real(to, from, offset, size);
}
ssize_t copy_file_range(int from, off64_t *at_from, int to, off64_t *at_to, size_t size, unsigned flags) {
    REAL(ssize_t, copy_file_range, int, off64_t *, int, off64_t *, size_t, unsigned);
    return strike_on("write", to, 1) ? -1 : real(from, at_from, to, at_to, size, flags);
}
int ftruncate64(int fd, off64_t size) {
    REAL(int, ftruncate64, int, off64_t);
    return strike_on("truncate", fd, 1) ? -1 : real(fd, size);
}
int fsync(int fd) {
    REAL(int, fsync, int);
    return strike_on("fsync", fd, 0) ? -1 : real(fd);
}
int close(int fd) { /* the file is closed all the same, as systems do */
    REAL(int, close, int);
    int flags = shared ? fcntl(fd, F_GETFL) : -1;
    int failed = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY && strike_on("close", fd, 0);
    int result = real(fd);
    if (failed) errno = error;
    return failed ? -1 : result;
}
int rename(const char *from, const char *to) {
    REAL(int, rename, const char *, const char *);
    return strike_at("rename", AT_FDCWD, to, 0) ? -1 : real(from, to);
}
int renameat(int one, const char *from, int other, const char *to) {
    REAL(int, renameat, int, const char *, int, const char *);
    return strike_at("rename", other, to, 0) ? -1 : real(one, from, other, to);
}
int renameat2(int one, const char *from, int other, const char *to, unsigned flags) {
    REAL(int, renameat2, int, const char *, int, const char *, unsigned);
    const char *call = flags & RENAME_EXCHANGE ? "exchange" : "rename";
    return strike_at(call, other, to, 0) ? -1 : real(one, from, other, to, flags);
}
int mkdir(const char *path, mode_t mode) {
    REAL(int, mkdir, const char *, mode_t);
    return strike_at("mkdir", AT_FDCWD, path, 1) ? -1 : real(path, mode);
}
