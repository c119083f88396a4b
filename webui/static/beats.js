// Where in the bar the notes fall early or late: a table that is a chart, so that every eye and ear can read it.

import { el } from "./dom.js";
import { t } from "./strings.js";
import { offset } from "./words.js";

const FEW = 4;
const NOTICED_MS = 5;
const LEAST_RANGE_MS = 20;

function row(beat, range, worst) {
  const bar = el("span", { class: `bar ${beat.signed_ms < 0 ? "early" : "late"}` });
  const share = Math.min(1, Math.abs(beat.signed_ms) / range);
  bar.style.setProperty("--share", share.toFixed(3));
  const kind = [beat.n < FEW ? "few" : "", beat === worst ? "worst" : ""].join(" ").trim();
  return el("tr", { class: kind }, el("th", { scope: "row" }, beat.position),
    el("td", { class: "plot" }, el("span", { class: "zero" }), bar),
    el("td", { class: "said" }, offset(beat.signed_ms)), el("td", { class: "count" }, String(beat.n)));
}

// "1", "1&", "2" ...: as they come in the bar.
function order(a, b) {
  const place = (name) => {
    const beat = Number.parseInt(name, 10) || 0;
    const rest = name.replace(/^\d+/, "");
    return beat + ({ "": 0, e: 0.25, "&": 0.5, a: 0.75 }[rest] ?? Number(rest) / 10);
  };
  return place(a.position) - place(b.position);
}

export function beatChart(session) {
  const { swing_ratio: swing } = session.metrics;
  // Without a click there are no numbered beats, only places within the player's own.
  const own = session.metrics.by_beat.length === 0;
  const beats = own ? session.metrics.tempo.places.map((one) => ({ ...one, position: one.place })) : session.metrics.by_beat;
  const heading = el("h3", {}, t(own && beats.length ? "beats_own" : "beats"));
  if (beats.length === 0) {
    const why = session.metrics.not_scored.timing_stability;
    return el("section", { class: "beats" }, heading,
      el("p", { class: "empty" }, why ? t("beats_none_why", { reason: why }) : t("beats_none")));
  }
  const range = Math.max(LEAST_RANGE_MS, ...beats.map((beat) => Math.abs(beat.signed_ms)));
  const sure = beats.filter((beat) => beat.n >= FEW);
  // What stands out is what differs from the usual: who is always late is not late at one place.
  const usual = session.metrics.signed_ms ?? 0;
  const apart = (beat) => Math.abs(beat.signed_ms - usual);
  const worst = sure.reduce((a, b) => (a && apart(a) >= apart(b) ? a : b), null);
  const head = el("tr", {}, el("th", { scope: "col" }, t("beats_place")),
    el("th", { scope: "col" }, el("div", { class: "both" }, el("span", {}, t("early")), el("span", {}, t("late")))),
    el("th", { scope: "col" }, el("span", { class: "unseen" }, t("timing"))), el("th", { scope: "col" }, t("notes")));
  const said = el("p", { class: "lead" }, worst && apart(worst) >= NOTICED_MS && apart(worst) >= 0.5 * Math.abs(worst.signed_ms)
    ? t("beats_worst", { place: placeName(worst.position), offset: offset(worst.signed_ms) })
    : Math.abs(usual) >= NOTICED_MS ? t("beats_all", { offset: offset(usual) }) : t("beats_even"));
  return el("section", { class: "beats" }, heading, said,
    el("table", {}, el("caption", { class: "unseen" }, t("beats")), el("thead", {}, head),
      el("tbody", {}, ...[...beats].sort(order).map((beat) => row(beat, range, worst)))),
    swing === null ? null : el("p", {}, t(Math.abs(swing - 1) < 0.15 ? "swing_straight" : "swing", { ratio: swing.toFixed(1) })),
    own ? el("p", { class: "hint" }, t("beats_own_hint")) : null,
    sure.length < beats.length ? el("p", { class: "hint" }, t("beats_few", { few: FEW })) : null);
}

// "3&" -> "the & of 3"; "3" -> "beat 3".
export function placeName(position) {
  const [beat] = /^\d*/.exec(position);
  const rest = position.slice(beat.length);
  if (!beat) return rest.startsWith(".") ? t("place_own_part", { part: rest.slice(1) }) : t("place_own", { sub: rest });
  if (!rest) return t("place_beat", { beat });
  if (rest.startsWith(".")) return t("place_part", { beat, part: rest.slice(1) });
  return t("place_sub", { beat, sub: rest });
}
