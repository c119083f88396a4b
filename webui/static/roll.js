// The picture of a session's notes: time to the right, pitch upwards, the scale as lanes, the click as lines.

import { chordName, clock, pitchName } from "./words.js";

const TOP = 24;
const BOTTOM = 20;
const LEFT = 38;
const NEAR_MS = 10;
const BENT_CENTS = 35;
const RADIUS = 3;

export function theme() {
  const style = getComputedStyle(document.documentElement);
  const colours = {};
  for (const name of ["bg", "panel", "sunk", "line", "text", "muted", "accent", "good", "early", "late", "fault"]) {
    colours[name] = style.getPropertyValue(`--${name}`).trim();
  }
  return colours;
}

export function pitchRange(notes) {
  let [low, high] = [127, 0];
  for (const note of notes) {
    low = Math.min(low, note.midi);
    high = Math.max(high, note.midi);
  }
  if (low > high) [low, high] = [48, 60];
  const spare = Math.max(1, Math.ceil((12 - (high - low)) / 2));
  return [low - spare, high + spare];
}

// A canvas of CSS pixels, sharp on any screen.
export function sized(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const paint = canvas.getContext("2d");
  paint.setTransform(ratio, 0, 0, ratio, 0, 0);
  paint.clearRect(0, 0, width, height);
  return { paint, width, height };
}

// The first of the notes, which are in order, that begins at ``seconds`` or later.
export function firstFrom(notes, seconds) {
  let [low, high] = [0, notes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (notes[middle].onset_s < seconds) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class Roll {
  // ``session``: the detail; ``notes`` grows as more of them arrive.
  constructor(canvas, session, notes) {
    this.canvas = canvas;
    this.session = session;
    this.notes = notes;
    this.longest = 1;
    this.scale = new Set(session.scale_tones.pitch_classes);
    this.grown();
  }

  grown() {
    [this.low, this.high] = pitchRange(this.notes);
    for (const note of this.notes) this.longest = Math.max(this.longest, (note.offset_s ?? note.onset_s) - note.onset_s);
  }

  x(seconds) {
    return LEFT + ((seconds - this.view.from) / this.view.span) * (this.width - LEFT);
  }

  seconds(clientX) {
    const x = clientX - this.canvas.getBoundingClientRect().left;
    return this.view.from + ((x - LEFT) / (this.width - LEFT)) * this.view.span;
  }

  perPixel() {
    return this.view.span / Math.max(1, this.width - LEFT);
  }

  get row() {
    return (this.height - TOP - BOTTOM) / (this.high - this.low + 1);
  }

  y(midi) {
    return TOP + (this.high - midi + 0.5) * this.row;
  }

  draw(view, selected) {
    const { paint, width, height } = sized(this.canvas);
    Object.assign(this, { view, paint, width, height, colours: theme() });
    paint.font = "12px system-ui, sans-serif";
    paint.textBaseline = "middle";
    paint.save();
    paint.beginPath();
    paint.rect(LEFT, 0, width - LEFT, height);
    paint.clip();
    this.lanes();
    this.spans();
    this.clicks();
    this.chords();
    for (let i = firstFrom(this.notes, view.from - this.longest); i < this.notes.length; i += 1) {
      if (this.notes[i].onset_s > view.from + view.span) break;
      this.note(this.notes[i], i === selected);
    }
    this.marks();
    paint.restore();
    this.names();
    this.times();
  }

  lanes() {
    const { paint, colours } = this;
    for (let midi = this.low; midi <= this.high; midi += 1) {
      const tone = ((midi % 12) + 12) % 12;
      if (!this.scale.has(tone)) continue;
      paint.globalAlpha = tone === this.session.scale_tones.root ? 0.75 : 0.38;
      paint.fillStyle = colours.line;
      paint.fillRect(LEFT, this.y(midi) - this.row / 2 + 0.5, this.width, this.row - 1);
    }
    paint.globalAlpha = 1;
  }

  names() {
    const { paint, colours } = this;
    paint.textAlign = "right";
    const { root } = this.session.scale_tones;
    const all = this.row >= 12;
    for (let midi = this.low; midi <= this.high; midi += 1) {
      const tone = ((midi % 12) + 12) % 12;
      if (!(tone === root || (all && this.scale.has(tone)))) continue;
      paint.fillStyle = tone === root ? colours.text : colours.muted;
      paint.fillText(pitchName(midi, this.session.scale_tones.pitch_names), LEFT - 5, this.y(midi));
    }
  }

  times() {
    const { paint, colours, view } = this;
    const steps = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1200];
    const step = steps.find((one) => one / this.perPixel() >= 52) ?? 3600;
    paint.fillStyle = colours.muted;
    paint.textAlign = "center";
    for (let at = Math.ceil(view.from / step) * step; at <= view.from + view.span; at += step) {
      const x = this.x(at);
      if (x < LEFT + 8 || x > this.width - 14) continue;
      paint.fillText(step < 1 ? `${clock(at)}.${Math.round((at % 1) * 10)}` : clock(at), x, this.height - BOTTOM / 2);
    }
  }

  line(x, colour, alpha, from = TOP) {
    this.paint.globalAlpha = alpha;
    this.paint.fillStyle = colour;
    this.paint.fillRect(Math.round(x), from, 1, this.height - BOTTOM - from);
    this.paint.globalAlpha = 1;
  }

  clicks() {
    const { view, colours } = this;
    const until = view.from + view.span;
    for (const click of this.session.clicks) {
      const beat = 60 / click.bpm;
      const pixels = beat / this.perPixel();
      const parts = pixels >= 30 ? click.subdivision : 1;
      const first = Math.max(0, Math.floor((view.from - click.from_s) / beat));
      const every = pixels < 7 ? click.beats_per_bar : 1;
      if (pixels * every < 5) continue;
      for (let n = Math.ceil(first / every) * every; ; n += every) {
        const at = click.from_s + n * beat;
        if (at > Math.min(until, click.to_s + beat)) break;
        const bar = n % click.beats_per_bar === 0;
        this.line(this.x(at), colours.text, bar ? 0.55 : 0.25, bar ? TOP - 4 : TOP);
        for (let part = 1; part < parts; part += 1) this.line(this.x(at + (part * beat) / parts), colours.text, 0.1);
      }
    }
  }

  spans() {
    const { paint, colours, session } = this;
    for (const pause of session.pauses) {
      const [from, to] = [this.x(pause.from_s), this.x(pause.to_s)];
      paint.globalAlpha = 0.5;
      paint.fillStyle = colours.sunk;
      paint.fillRect(from, TOP, to - from, this.height - TOP - BOTTOM);
      paint.globalAlpha = 1;
      this.line(from, colours.muted, 1);
      this.line(to, colours.muted, 1);
      if (to - from > 24) {
        paint.fillRect((from + to) / 2 - 5, TOP + 6, 3, 12);
        paint.fillRect((from + to) / 2 + 2, TOP + 6, 3, 12);
      }
    }
    for (const gap of session.gaps) {
      const to = this.x(gap.at_s);
      const wide = Math.max(4, gap.lost_s / this.perPixel());
      paint.globalAlpha = 0.45;
      paint.fillStyle = colours.fault;
      paint.fillRect(to - wide, TOP, wide, this.height - TOP - BOTTOM);
      paint.globalAlpha = 1;
    }
  }

  chords() {
    const { paint, colours } = this;
    paint.textAlign = "left";
    let free = LEFT;
    for (const chord of this.session.chords ?? []) {
      const [from, to] = [this.x(chord.onset_s), Math.max(this.x(chord.onset_s) + 3, this.x(chord.offset_s))];
      if (to < LEFT || from > this.width) continue;
      paint.globalAlpha = 0.2;
      paint.fillStyle = colours.accent;
      paint.fillRect(from, TOP, to - from, this.height - TOP - BOTTOM);
      paint.globalAlpha = 1;
      paint.fillRect(from, TOP - 3, to - from, 3);
      const name = chordName(chord.name);
      const wide = paint.measureText(name).width;
      const at = Math.max(from, LEFT + 2);
      if (at < free) continue;
      paint.fillText(name, at, TOP - 13);
      free = at + wide + 6;
    }
  }

  note(note, selected) {
    const { paint, colours } = this;
    const from = this.x(note.onset_s);
    const wide = Math.max(1.5, this.x(note.offset_s ?? note.onset_s + 0.1) - from - 1);
    const small = wide < 4;
    const tall = Math.max(3, Math.min(16, this.row - 2));
    const top = this.y(note.midi) - tall / 2;
    paint.beginPath();
    paint.roundRect(from, top, wide, tall, Math.min(RADIUS, wide / 2, tall / 2));
    if (note.in_scale || note.chord || small) {
      paint.fillStyle = note.chord ? colours.accent : note.in_scale ? colours.good : colours.fault;
      paint.fill();
    } else {
      paint.fillStyle = colours.panel;
      paint.fill();
      paint.lineWidth = Math.min(2, tall / 3);
      paint.strokeStyle = colours.fault;
      paint.stroke();
    }
    if (!small && note.bend_cents >= BENT_CENTS) this.bend(note, from, wide);
    // From afar there is no room to say it, and it would hide the notes.
    if (!small) this.offBeat(note, from, top, tall);
    if (!selected) return;
    paint.lineWidth = 2;
    paint.strokeStyle = colours.text;
    paint.strokeRect(from - 3, top - 3, wide + 6, tall + 6);
  }

  // How far the string was bent, in rows.
  bend(note, from, wide) {
    const { paint, colours } = this;
    paint.beginPath();
    paint.moveTo(from + wide * 0.25, this.y(note.midi));
    paint.lineTo(from + wide, this.y(note.midi + note.bend_cents / 100));
    paint.lineWidth = 2;
    paint.strokeStyle = colours.text;
    paint.stroke();
  }

  // From where the note began to where its beat lay: the longer, the further off.
  offBeat(note, from, top, tall) {
    const off = note.signed_ms;
    if (typeof off !== "number" || Math.abs(off) < NEAR_MS) return;
    const { paint, colours } = this;
    const due = this.x(note.onset_s - off / 1000);
    paint.fillStyle = off < 0 ? colours.early : colours.late;
    paint.fillRect(Math.min(from, due), top + tall / 2 - 1.5, Math.max(3, Math.abs(from - due)), 3);
    paint.fillRect(from - 1, top - 1, 3, tall + 2);
  }

  marks() {
    const { paint, colours } = this;
    for (const at of this.session.marks_s) {
      const x = this.x(at);
      this.line(x, colours.text, 0.9, 4);
      paint.fillStyle = colours.text;
      paint.beginPath();
      paint.moveTo(x, 3);
      paint.lineTo(x + 11, 7);
      paint.lineTo(x, 11);
      paint.fill();
    }
  }

  // The note nearest to a touch, within a finger's width.
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let best = { far: 26, index: -1 };
    for (let i = firstFrom(this.notes, this.view.from - this.longest); i < this.notes.length; i += 1) {
      const note = this.notes[i];
      if (note.onset_s > this.view.from + this.view.span) break;
      const [from, to] = [this.x(note.onset_s), this.x(note.offset_s ?? note.onset_s)];
      const far = Math.hypot(Math.max(from - x, x - to, 0), Math.abs(this.y(note.midi) - y));
      if (far < best.far) best = { far, index: i };
    }
    return best.index;
  }
}

// All of it at once, small: where the window is.
export function overview(canvas, roll, view) {
  const { paint, width, height } = sized(canvas);
  const colours = theme();
  const x = (seconds) => (seconds / view.length) * width;
  const rows = roll.high - roll.low + 1;
  paint.fillStyle = colours.line;
  paint.fillRect(x(view.from), 0, Math.max(6, x(view.span)), height);
  for (const note of roll.notes) {
    paint.fillStyle = note.chord ? colours.accent : note.in_scale ? colours.good : colours.fault;
    paint.fillRect(x(note.onset_s), 4 + ((roll.high - note.midi) / rows) * (height - 8), Math.max(1, x(0.15)), 2);
  }
  paint.fillStyle = colours.text;
  for (const at of roll.session.marks_s) paint.fillRect(x(at), 0, 2, height);
  paint.strokeStyle = colours.text;
  paint.lineWidth = 1.5;
  paint.strokeRect(x(view.from) + 0.75, 0.75, Math.max(6, x(view.span)) - 1.5, height - 1.5);
}
