// What moves: strips with a needle and dots, the level bar, the list of scores.

import { el, text } from "./dom.js";
import { t } from "./strings.js";

export const SCORES = ["pitch_accuracy", "scale_conformity", "timing_stability", "noise_control", "quality"];
const DOTS = 16;

// A strip from -range to +range. The newest dot is the brightest; a hollow diamond is a note outside the scale.
export class Strip {
  constructor(root, range) {
    this.range = range;
    this.needle = el("span", { class: "pointer" });
    this.dots = Array.from({ length: DOTS }, () => el("span", { class: "dot", hidden: true }));
    root.append(el("span", { class: "centre" }), ...this.dots, this.needle);
  }

  place(node, value) {
    const x = Math.max(-1, Math.min(1, value / this.range));
    node.style.setProperty("--x", x.toFixed(3));
  }

  update(value, dots) {
    this.needle.hidden = value === null;
    if (value !== null) this.place(this.needle, value);
    const shown = dots.slice(-DOTS);
    this.dots.forEach((node, index) => {
      const dot = shown[shown.length - 1 - index];
      node.hidden = dot === undefined;
      if (dot === undefined) return;
      this.place(node, dot.value);
      node.classList.toggle("odd", !dot.inScale);
      node.style.setProperty("--age", (1 - index / DOTS).toFixed(2));
    });
  }
}

const LEVEL_LOW_DBFS = -60;

export function levelShare(dbfs) {
  return Math.max(0, Math.min(1, 1 - dbfs / LEVEL_LOW_DBFS));
}

// Five rows; a score that is not known is a dash with its reason, never a zero.
export class Scores {
  constructor(root) {
    this.rows = SCORES.map((name) => {
      const label = el("span", { class: "name" }, t(name));
      const bar = el("span", { class: "fill" });
      const track = el("span", { class: "track" }, bar);
      const why = el("span", { class: "why" });
      const number = el("strong", { class: "number" });
      const row = el("li", { class: name }, label, track, why, number);
      return { name, row, bar, track, why, number };
    });
    root.setAttribute("aria-label", t("scores"));
    root.replaceChildren(...this.rows.map((one) => one.row));
  }

  // ``enabled``: the scores that the player wants to see; overall is always there.
  update(metrics, enabled = SCORES) {
    for (const { name, row, bar, track, why, number } of this.rows) {
      row.hidden = name !== "quality" && !enabled.includes(name);
      const value = metrics?.[name] ?? null;
      const reason = metrics?.not_scored?.[name];
      row.classList.toggle("unknown", value === null);
      track.hidden = value === null;
      why.hidden = value !== null;
      text(number, value === null ? "–" : String(Math.round(value * 100)));
      text(why, value === null && metrics ? (reason ?? t("not_scored")) : "");
      bar.style.setProperty("--share", value === null ? 0 : value.toFixed(3));
      const said = value === null
        ? (reason ? t("not_scored_why", { reason }) : t("not_scored"))
        : t("score_of", { score: Math.round(value * 100) });
      const label = `${t(name)}: ${said}`;
      if (row.getAttribute("aria-label") !== label) row.setAttribute("aria-label", label);
    }
  }
}
