// How a session went: each score over the practice clock, one small line chart after the other.

import { el, svg } from "./dom.js";
import { t } from "./strings.js";
import { clock } from "./words.js";

const WIDTH = 340;
const HEIGHT = 56;
const TOPICS = ["quality", "pitch_accuracy", "scale_conformity", "timing_stability", "noise_control", "tempo_bpm"];
const NARROW_BPM = 4;

function range(name, values) {
  if (name !== "tempo_bpm") return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const spare = Math.max(0, (NARROW_BPM - (high - low)) / 2);
  return [low - spare, high + spare];
}

const shown = (name, value) => (name === "tempo_bpm" ? value.toFixed(1) : String(Math.round(value * 100)));

function chart(name, points, length) {
  const known = points.filter((point) => point[name] !== null);
  if (known.length < 2) return null;
  const [low, high] = range(name, known.map((point) => point[name]));
  const x = (point) => 4 + ((point.at_s + point.seconds / 2) / length) * (WIDTH - 8);
  const y = (value) => 6 + (1 - (value - low) / (high - low || 1)) * (HEIGHT - 12);
  // A stretch that was not scored leaves a hole in the line.
  let path = "";
  let pen = false;
  for (const point of points) {
    if (point[name] === null) pen = false;
    else {
      path += `${pen ? "L" : "M"}${x(point).toFixed(1)} ${y(point[name]).toFixed(1)}`;
      pen = true;
    }
  }
  const [first, last] = [known[0][name], known[known.length - 1][name]];
  const label = t("curve_label", { name: t(`curve_${name}`), first: shown(name, first), last: shown(name, last) });
  return el("figure", { class: "curve" },
    el("figcaption", {}, el("span", {}, t(`curve_${name}`)), el("span", { class: "sub" }, `${shown(name, first)} → ${shown(name, last)}`)),
    svg("svg", { role: "img", "aria-label": label, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" },
      svg("title", {}, label), svg("line", { x1: 0, x2: WIDTH, y1: HEIGHT - 6, y2: HEIGHT - 6, class: "grid" }),
      svg("path", { d: path, class: name }),
      ...known.map((point) => svg("circle", { cx: x(point), cy: y(point[name]), r: 2.5, class: name }))));
}

export function curveCharts(session) {
  const points = session.curve?.points ?? [];
  if (points.length < 2) return null;
  const end = points[points.length - 1];
  const length = end.at_s + end.seconds;
  const charts = TOPICS.map((name) => chart(name, points, length)).filter((one) => one !== null);
  if (charts.length === 0) return null;
  return el("section", { class: "curves" }, el("h3", {}, t("curves")),
    el("p", { class: "hint" }, t("curves_hint", { seconds: Math.round(points[0].seconds), time: clock(length) })), ...charts);
}
