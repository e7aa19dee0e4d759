/* A clock that stands wrong by CLOCK_OFFSET seconds and, where CLOCK_BACK is set, goes backwards from call to call.
   Only the calendar's clock: the one that measures how long things take goes right. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static _Atomic long calls;

static time_t wrong(time_t seconds) {
    const char *offset = getenv("CLOCK_OFFSET");
    return seconds + (offset ? atol(offset) : 0) - (getenv("CLOCK_BACK") ? ++calls : 0);
}

int clock_gettime(clockid_t id, struct timespec *now) {
    int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
    int done = real(id, now);
    if (!done && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
        now->tv_sec = wrong(now->tv_sec);
    return done;
}

int gettimeofday(struct timeval *now, void *zone) {
    int (*real)(struct timeval *, void *) = dlsym(RTLD_NEXT, "gettimeofday");
    int done = real(now, zone);
    if (!done)
        now->tv_sec = wrong(now->tv_sec);
    return done;
}

time_t time(time_t *where) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (where)
        *where = now.tv_sec;
    return now.tv_sec;
}
