// Every note of a session: time to the right, pitch upwards; wrong notes are hollow, marks are flags, gaps are hatched.

import { el, svg, text } from "./dom.js";
import { t } from "./strings.js";
import { clock, midiName, signed } from "./words.js";

const ROW = 11;
const TOP = 22;
const BOTTOM = 22;
const LEFT = 40;
const PIXELS_PER_SECOND = 34;
// Chromium and WebKit refuse to draw much wider pictures.
const WIDTH_MAX = 16000;

function pitchRange(notes) {
  const midis = notes.map((note) => note.midi);
  const low = Math.min(...midis) - 1;
  const high = Math.max(...midis) + 1;
  return high - low < 12 ? [low - Math.ceil((12 - high + low) / 2), high + Math.floor((12 - high + low) / 2)] : [low, high];
}

function grid(low, high, width, length, x) {
  const lines = [];
  for (let midi = low; midi <= high; midi += 1) {
    const y = TOP + (high - midi) * ROW;
    if (midi % 12 === 0 || midi % 12 === 9) {
      lines.push(svg("line", { x1: LEFT, x2: width, y1: y, y2: y, class: "grid" }),
        svg("text", { x: LEFT - 6, y: y + 4, class: "axis end" }, midiName(midi)));
    }
  }
  const bottom = TOP + (high - low) * ROW + 14;
  const step = [1, 2, 5, 10, 30, 60, 120, 300, 600].find((one) => x(one) - x(0) >= 56) ?? 1200;
  for (let second = 0; second <= length; second += step) {
    lines.push(svg("line", { x1: x(second), x2: x(second), y1: TOP - 6, y2: bottom - 12, class: "grid faint" }),
      svg("text", { x: x(second), y: bottom + 2, class: "axis" }, clock(second)));
  }
  return lines;
}

function bar(note, high, x, tell) {
  const end = note.offset_s ?? note.onset_s + 0.1;
  const shape = svg("rect", {
    x: x(note.onset_s), y: TOP + (high - note.midi) * ROW - 4.5, rx: 3, height: 9,
    width: Math.max(4, x(end) - x(note.onset_s) - 1), class: note.in_scale ? "tone" : "tone odd",
  });
  shape.addEventListener("pointerenter", () => tell(note));
  shape.addEventListener("click", () => tell(note));
  return shape;
}

function legend(session) {
  const items = [["tone", "legend_in"], ["tone odd", "legend_out"]];
  if (session.marks_s.length) items.push(["flag", "legend_mark"]);
  if (session.gaps_s.length) items.push(["gap", "legend_gap"]);
  return el("ul", { class: "legend" }, ...items.map(([kind, key]) =>
    el("li", {}, el("span", { class: `key ${kind}` }), t(key))));
}

// ``room``: pixels that there are; a longer session scrolls.
export function timeline(session, room) {
  const notes = session.timeline;
  const heading = el("h3", {}, t("timeline"));
  if (notes.length === 0) return el("section", {}, heading, el("p", { class: "empty" }, t("no_notes")));
  const length = Math.max(session.duration_s, ...notes.map((note) => note.offset_s ?? note.onset_s));
  const width = Math.min(WIDTH_MAX, Math.max(room, LEFT + length * PIXELS_PER_SECOND + 16));
  const x = (seconds) => LEFT + (seconds / Math.max(length, 1)) * (width - LEFT - 16);
  const [low, high] = pitchRange(notes);
  const height = TOP + (high - low) * ROW + BOTTOM;
  const told = el("p", { class: "told", role: "status" }, t("timeline_hint"));
  const tell = (note) => text(told, t("timeline_note", {
    note: midiName(note.midi), time: clock(note.onset_s), cents: signed(note.cents),
    where: note.in_scale ? t("in_scale") : t("outside"),
  }));
  const marks = session.marks_s.map((at) => svg("path", {
    d: `M${x(at)} ${height - BOTTOM}V6h12l-3 4 3 4h-12`, class: "flag" }));
  const gaps = session.gaps_s.map((at) => svg("rect", {
    x: x(at) - 3, y: TOP - 8, width: 6, height: height - TOP - BOTTOM + 10, class: "gap" }));
  const label = t("timeline_label", {
    notes: notes.length, low: midiName(low + 1), high: midiName(high - 1), time: clock(length),
    wrong: notes.filter((note) => !note.in_scale).length, marks: session.marks_s.length, gaps: session.gaps_s.length,
  });
  const picture = svg("svg", { class: "roll", role: "img", "aria-label": label, width, height, viewBox: `0 0 ${width} ${height}` },
    ...grid(low, high, width, length, x), ...gaps, ...marks, ...notes.map((note) => bar(note, high, x, tell)));
  return el("section", { class: "timeline" }, heading,
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("timeline") }, picture), told, legend(session));
}
