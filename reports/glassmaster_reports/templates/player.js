// Plays previews in step: all versions of a song run at the same frames, and switching only turns gains.
(() => {
"use strict";
const SWITCH = .0015, EDGE = .005, AHEAD = 6, JOIN = 8, MOST_KEPT = 16;
const $ = id => document.getElementById(id);
const { rate, piece, songs, joins } = JSON.parse($("listening").textContent);
const all = selector => [...document.querySelectorAll(selector)], numbered = id => songs.find(each => each.id === +id);
const charts = all("svg[data-song]").map(svg => ({ svg, song: numbered(svg.dataset.song) })).filter(each => each.song);
let ctx, bus, song, join, main, records = [], wired = [], chosen, loop = false, blind, drag, token = 0;

// Sound: a script beside the page hands each piece over (pages opened as files may not fetch), or the page holds it.
const waiting = new Map(), kept = new Map();
window.glassmaster = (name, text) => { waiting.get(name)?.(text); waiting.delete(name); };
const load = name => new Promise((take, fail) => {
  if ($("sound-" + name)) return take($("sound-" + name).textContent);
  const tag = document.createElement("script");
  const gone = () => { tag.remove(); if (waiting.delete(name)) fail(Error(`audio/${name}.js is missing or damaged: keep the folder audio beside this page`)); };
  waiting.set(name, take);
  tag.onload = tag.onerror = gone;
  tag.src = `audio/${name}.js`;
  document.head.append(tag);
});
const decoded = async name => {
  const raw = atob(await load(name)), bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at++) bytes[at] = raw.charCodeAt(at);
  return ctx.decodeAudioData(bytes.buffer);
};
const sound = name => {
  const found = kept.get(name) || decoded(name);
  kept.delete(name);
  kept.set(name, found);
  found.catch(() => kept.delete(name));
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  return found;
};

// A deck plays stretches one behind the other, in frames; all voices of a stretch sound together.
class Deck {
  sources = new Set(); plan = []; place = 0; fresh = true; busy = false; over = false;
  constructor(stretches, again, frame = stretches[0].from) {
    Object.assign(this, { stretches, again, frame, when: Math.ceil((ctx.currentTime + .04) * rate) });
    this.plan.push({ when: this.when, place: 0, frame, length: 0 });
    this.pump();
  }
  async pump() {
    if (this.busy || this.over) return;
    this.busy = true;
    try {
      while (!this.over && this.when < (ctx.currentTime + AHEAD) * rate) await this.next();
    } catch (problem) { if (!this.over) say(problem.message || "This browser cannot play the previews."); this.over = true; }
    this.busy = false;
  }
  async next() {
    const { voices, from, to } = this.stretches[this.place], number = Math.floor(this.frame / piece);
    const end = voices.length ? Math.min(to, (number + 1) * piece) : to;
    const sounds = await Promise.all(voices.map(voice => sound(`${voice.file}-${number + 1}`)));
    if (this.over) return;
    const soon = Math.ceil((ctx.currentTime + .02) * rate);
    if (this.when < soon) { this.when = soon; this.fresh = true; }
    const length = end - this.frame, last = end === to;
    voices.forEach((voice, at) => this.put(voice, sounds[at], this.frame - number * piece, length, this.fresh, last && !this.seamless()));
    if (this.plan.push({ when: this.when, place: this.place, frame: this.frame, length }) > 8) this.plan.shift();
    this.fresh = false;
    this.when += length;
    this.frame = end;
    if (last) this.go();
  }
  seamless() { const next = this.stretches[this.place + 1]; return next && next.joined; }
  go() {
    this.fresh = !this.seamless();
    this.place++;
    if (this.place === this.stretches.length) { this.place = 0; this.over = this.done = !this.again; }
    this.frame = this.stretches[this.place].from;
  }
  put(voice, buffer, offset, length, fadeIn, fadeOut) {
    const start = this.when / rate, end = (this.when + length) / rate;
    const source = new AudioBufferSourceNode(ctx, { buffer }), edge = new GainNode(ctx);
    if (fadeIn) edge.gain.setValueAtTime(0, start).linearRampToValueAtTime(1, start + EDGE);
    if (fadeOut) edge.gain.setValueAtTime(1, Math.max(start + EDGE, end - EDGE)).linearRampToValueAtTime(0, end);
    source.connect(edge).connect(voice.out);
    source.start(start, offset / rate, ...(offset + length < buffer.length ? [length / rate] : []));  // to its own end
    this.sources.add({ source, edge });
    source.onended = () => { edge.disconnect(); this.sources.forEach(each => each.source === source && this.sources.delete(each)); };
  }
  stop() {
    this.over = true;
    for (const { source, edge } of this.sources) { turn(edge.gain, 0); source.stop(ctx.currentTime + 2 * EDGE); }
  }
  at() {
    const now = ctx.currentTime * rate, here = this.plan.findLast(each => each.when <= now) || this.plan[0];
    return { place: here.place, frame: here.frame + Math.min(Math.max(0, Math.round(now - here.when)), here.length) };
  }
}
const turn = (gain, value, seconds = EDGE) => {
  const now = ctx.currentTime, from = gain.value;
  gain.cancelScheduledValues(now);
  gain.setValueAtTime(from, now).linearRampToValueAtTime(value, now + seconds);
};

// What is heard
const wake = () => {
  if (!ctx) {
    ctx = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
    bus = new GainNode(ctx);
    bus.connect(ctx.destination);
    setInterval(pump, 250);
    requestAnimationFrame(draw);
  }
  ctx.resume().then(show);
  dock.hidden = false;
  document.documentElement.classList.add("listening");
};
const pump = () => {
  if (!main || ctx.state !== "running") return;
  [main, ...records].forEach(deck => deck.pump());
  if (main.done && ctx.currentTime * rate > main.when) ctx.suspend().then(show);
};
const wire = voices => {
  wired.forEach(voice => setTimeout(out => out.disconnect(), 50, voice.out));
  wired = voices;
  wired.forEach(voice => { voice.out = new GainNode(ctx, { gain: 0 }); voice.out.connect(bus); });
};
const halt = () => { [main, ...records].forEach(deck => deck && deck.stop()); main = null; records = []; };
const stretch = (voices, whole) => ({ voices, from: loop && whole.loop ? whole.loop[0] : 0, to: loop && whole.loop ? whole.loop[1] : whole.frames });
const seek = frame => {
  if (join) return;
  main?.stop();
  const part = stretch(song.voices, song);
  main = new Deck([part], loop, frame >= part.from && frame < part.to ? Math.round(frame) : part.from);
};
const reopen = frame => {
  records.forEach(deck => deck.stop());
  records = song.references.map(each => new Deck([stretch([each], each)], true));
  seek(frame);
  choose(chosen);
};
const open = (which, frame = 0) => {
  wake();
  halt();
  if (song !== which) { blind = null; chosen = null; }
  [song, join] = [which, null];
  wire([...song.voices, ...song.references]);
  chosen ??= song.voices[Math.min(1, song.voices.length - 1)];
  reopen(frame);
  say(`Playing ${name(chosen)}, ${song.title}.`);
};
const hear = which => {
  wake();
  halt();
  [song, join, blind] = [null, which, null];
  const [one, other] = [songs[join.from], songs[join.to]], [tail, head] = [one.voices[1], other.voices[1]];
  wire([tail, head]);
  main = new Deck([
    { voices: [tail], from: Math.max(0, tail.frames - JOIN * rate), to: tail.frames },
    ...(join.gap ? [{ voices: [], from: 0, to: join.gap }] : []),
    { voices: [head], from: 0, to: Math.min(head.frames, JOIN * rate), joined: !join.gap },
  ], false);
  wired.forEach(voice => turn(voice.out.gain, voice.level));
  say(`Playing the join of ${one.title} and ${other.title}, as mastered.`);
  show();
};
const choose = voice => {
  chosen = voice;
  wired.forEach(each => turn(each.out.gain, each === voice ? (loop ? each.loopGain : 1) : 0, SWITCH));
  show();
};
const pick = list => {
  if (!list.length) return;
  const voice = list[(list.indexOf(chosen) + 1) % list.length];
  choose(voice);
  say(song.references.includes(voice) ? `${voice.label}: other music, on its own clock.` : name(voice));
};
const name = voice => blind ? "XY"[blind.order.indexOf(voice)] + (blind.open ? `: ${voice.label}` : "") : voice.label;
const key = number => {
  if (!song) return;
  if (blind) number < 3 && pick([blind.order[number - 1]]);
  else pick(number === 1 ? song.voices.slice(0, 1) : number === 2 ? song.voices.slice(1) : song.references);
};
const pause = () => {
  if (ctx.state === "running") return ctx.suspend().then(show);
  if (main.done) join ? hear(join) : seek(0);
  ctx.resume().then(show);
};
const repeat = () => {
  if (!song) return;
  const { frame } = main.at();
  loop = !loop;
  reopen(frame);
  say(loop ? "The loudest 20 s, over and over, matched over these 20 s." : "The whole song, matched over the whole.");
};
const hide = () => {
  if (!song || song.voices.length < 2) return;
  const pair = [song.voices[0], song.voices.includes(chosen) && chosen !== song.voices[0] ? chosen : song.voices[1]];
  blind = blind ? null : { order: crypto.getRandomValues(new Uint8Array(1))[0] & 1 ? pair : pair.reverse(), open: false };
  choose(blind ? blind.order[0] : pair[1]);
  say(blind ? "Blind: X and Y are mixdown and master, shuffled. Playing X." : `Playing ${name(chosen)}.`);
};
const reveal = () => {
  if (!blind) return;
  blind.open = true;
  show();
  say(blind.order.map(name).join(", ") + ".");
};
const close = () => {
  halt();
  ctx.suspend();
  [song, join, blind] = [null, null, null];
  dock.hidden = true;
  document.documentElement.classList.remove("listening");
  marks();
};

// What is seen
const dock = $("dock"), says = $("says"), slider = $("seek"), clock = frames => {
  const seconds = Math.floor(frames / rate);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};
const say = text => { says.textContent = text; };
const button = (text, hint, pressed, act) => {
  const made = document.createElement("button"), typed = document.createElement("kbd");
  made.type = "button";
  typed.textContent = hint;
  made.append(typed, text);
  made.setAttribute("aria-pressed", pressed);
  made.onclick = act;
  return made;
};
const show = () => {
  const on = ctx.state === "running";
  $("play").lastChild.data = on ? "Pause" : "Play";
  $("what").textContent = song ? song.title : join ? join.title : "";
  const shown = !song ? [] : blind ? blind.order.map((voice, at) => [name(voice), at + 1, voice])
    : [...song.voices.map((voice, at) => [voice.label, at ? 2 : 1, voice]), ...song.references.map(voice => [voice.label, 3, voice])];
  const focused = [...$("voices").children].indexOf(document.activeElement);
  $("voices").replaceChildren(...shown.map(([text, hint, voice]) => button(text, hint, voice === chosen, () => pick([voice]))));
  $("voices").children[focused]?.focus();
  for (const [id, pressed, there] of [["loop", loop, song && song.loop], ["blind", !!blind, song && song.voices.length > 1], ["reveal", false, blind && !blind.open]]) {
    $(id).setAttribute("aria-pressed", pressed);
    $(id).hidden = !there;
  }
  slider.disabled = !song;
  marks();
};
const SVG = "http://www.w3.org/2000/svg";
const marks = () => {
  all(".playhead, .looped").forEach(each => each.remove());
  for (const chart of charts) {
    chart.head = null;
    const own = join ? [songs[join.from], songs[join.to]] : [song];
    if (!own.includes(chart.song)) continue;
    if (loop && song && song.loop) {
      const [from, to] = song.loop.map(frame => across(chart, frame));
      chart.svg.append(mark("rect", { class: "looped", x: from, width: to - from, y: 0, height: "100%" }));
    }
    chart.head = mark("line", { class: "playhead", y1: 0, y2: "100%" });
    chart.svg.append(chart.head);
  }
};
const mark = (kind, facts) => {
  const made = document.createElementNS(SVG, kind);
  for (const fact in facts) made.setAttribute(fact, facts[fact]);
  return made;
};
const scale = ({ svg, song }) => {  // from frames of the preview to the drawing's units
  const { start, end, left, right } = svg.dataset;
  return { left: +left, from: start * rate - song.at, step: (right - left) / ((end - start) * rate) };
};
const across = (chart, frame) => { const { left, from, step } = scale(chart); return left + (frame - from) * step; };
const draw = () => {
  requestAnimationFrame(draw);
  if (!main || dock.hidden) return;
  const { place, frame } = drag && drag.to !== undefined ? { place: 0, frame: drag.to } : main.at();
  const here = join ? (place ? place === main.stretches.length - 1 && songs[join.to] : songs[join.from]) : song;
  for (const chart of charts) {
    if (!chart.head) continue;
    chart.head.setAttribute("visibility", chart.song === here ? "visible" : "hidden");
    const x = chart.song === here ? across(chart, frame) : 0;
    chart.head.setAttribute("x1", x);
    chart.head.setAttribute("x2", x);
  }
  if (!song) return void ($("time").textContent = "");
  slider.max = Math.floor(song.frames / rate);
  slider.value = Math.floor(frame / rate);
  const time = `${clock(song.at + frame)} of ${clock(song.whole)}`;
  if ($("time").textContent === time) return;
  $("time").textContent = time;
  slider.setAttribute("aria-valuetext", time);
};

// Hands
const pointed = (chart, event) => {
  const { left, from, step } = scale(chart);
  const { x } = new DOMPoint(event.clientX, event.clientY).matrixTransform(chart.svg.getScreenCTM().inverse());
  return Math.min(Math.max(0, from + (x - left) / step), chart.song.frames - 1);
};
for (const chart of charts) {
  const { svg } = chart;
  svg.classList.add("seekable");
  svg.onpointerdown = event => {
    if (event.button) return;
    drag = { chart, x: event.clientX, y: event.clientY, touch: event.pointerType === "touch" };
    if (!drag.touch) { svg.setPointerCapture(event.pointerId); event.preventDefault(); drag.to = pointed(chart, event); }
  };
  svg.onpointermove = event => { if (drag?.chart === chart && !drag.touch) drag.to = pointed(chart, event); };
  svg.onpointercancel = () => { drag = null; };
  svg.onpointerup = event => {
    if (drag?.chart !== chart) return;
    const moved = Math.hypot(event.clientX - drag.x, event.clientY - drag.y), { touch } = drag;
    drag = null;
    if (touch && moved > 10) return;
    song === chart.song ? (seek(pointed(chart, event)), ctx.resume().then(show)) : open(chart.song, pointed(chart, event));
  };
}
slider.oninput = () => seek(+slider.value * rate);
$("play").onclick = pause;
$("loop").onclick = repeat;
$("blind").onclick = hide;
$("reveal").onclick = reveal;
$("close").onclick = close;
for (const each of all("[data-listen]")) each.onclick = () => { loop = "loop" in each.dataset; open(numbered(each.dataset.listen)); };
for (const each of all("[data-join]")) each.onclick = () => hear(joins[each.dataset.join]);
for (const each of all(".listen")) each.hidden = false;
const move = seconds => { if (song) seek(Math.min(Math.max(0, main.at().frame + seconds * rate), song.frames - 1)); };
const KEYS = {
  1: () => key(1), 2: () => key(2), 3: () => key(3),
  " ": pause, l: repeat, b: hide, r: reveal, Escape: close,
  ArrowLeft: event => move(event.shiftKey ? -30 : -5), ArrowRight: event => move(event.shiftKey ? 30 : 5),
};
document.addEventListener("keydown", event => {
  const own = event.target.closest?.("button, a, summary, select, textarea, input");
  if (dock.hidden || event.ctrlKey || event.metaKey || event.altKey || own?.matches("select, textarea, input:not([type=range])")) return;
  if (own && (event.key === " " || (own === slider && event.key.startsWith("Arrow")))) return;
  const act = KEYS[event.key] || KEYS[event.key.toLowerCase()];
  if (act) { event.preventDefault(); act(event); }
});
})();
