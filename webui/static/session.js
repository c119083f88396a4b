// One session with all that was made of it.

import { get } from "./api.js";
import { beatChart } from "./beats.js";
import { curveCharts } from "./curves.js";
import { $, el } from "./dom.js";
import { driftTable } from "./drift.js";
import { factList, notScored } from "./facts.js";
import * as follow from "./follow.js";
import { Scores } from "./gauges.js";
import { neckMap } from "./neck.js";
import { chosen } from "./settings.js";
import { t } from "./strings.js";
import { timeline } from "./timeline.js";
import { clock, offset, when } from "./words.js";

let asked = 0;
let redraw = () => {};

// Pictures that are painted do not follow the phone from dark to light by themselves.
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redraw());

function numbers(session) {
  const m = session.metrics;
  const pairs = [
    ["elapsed", clock(session.duration_s)],
    ["notes", String(session.notes)],
    ["tempo", m.tempo_bpm === null ? "–" : m.tempo_bpm.toFixed(1)],
    ["timing", m.signed_ms === null ? "–" : offset(m.signed_ms)],
  ];
  return el("dl", { class: "clock" }, ...pairs.map(([name, value]) =>
    el("div", {}, el("dt", {}, t(name)), el("dd", {}, value))));
}

function files(session) {
  const path = `/api/v1/sessions/${encodeURIComponent(session.session_id)}/export?kind=`;
  const link = (kind) => el("a", { class: "button quiet", href: path + kind, download: "" }, t(`save_${kind}`));
  return el("p", { class: "buttons" }, link("csv"), link("json"));
}

// The rest of a long session arrives page by page, behind what is already to be seen.
async function rest(session, ticket, add) {
  let next = session.notes_next;
  while (next !== null && ticket === asked) {
    const page = await get(`/sessions/${encodeURIComponent(session.session_id)}/notes?first=${next}`);
    if (ticket !== asked) return;
    add(page.notes);
    next = page.next;
  }
}

export async function page(id, say) {
  const ticket = ++asked;
  const root = $("session-page");
  root.replaceChildren();
  let session;
  try {
    session = await get(`/sessions/${encodeURIComponent(id)}`);
  } catch (error) {
    root.replaceChildren(el("p", { class: "empty" }, error.status === 404 ? t("not_found") : error.message));
    return;
  }
  if (ticket !== asked) return;
  const list = el("ol", { class: "scores" });
  new Scores(list).update(session.metrics, chosen()?.enabled_metrics);
  const tag = session.state === "closed" ? null : el("p", { class: "tag" }, t(session.state));
  const notes = timeline(session);
  redraw = notes.redraw ?? (() => {});
  root.replaceChildren(...[
    el("header", {}, el("h2", {}, when(session.start)), el("p", { class: "sub" }, session.scale), tag),
    numbers(session), list, follow.report(session), factList(session), notes.section, beatChart(session),
    neckMap(session, Boolean(chosen()?.left_handed)), curveCharts(session), driftTable(session.tuning_drift),
    notScored(session.metrics), files(session),
  ].filter((section) => section !== null));
  try {
    await rest(session, ticket, notes.add);
  } catch (error) {
    say(error.message, true);
  }
}
