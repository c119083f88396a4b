// Sessions that are over: the list.

import { get } from "./api.js";
import { $, el, show } from "./dom.js";
import { SCORES } from "./gauges.js";
import { t } from "./strings.js";
import { clock, when } from "./words.js";

const PAGE = 20;
let next = null;
let asked = 0;

// Five little bars: a session at a glance. A score that is not known is a dash, not a zero.
function fingerprint(metrics) {
  const bars = SCORES.map((name) => {
    const value = metrics[name];
    const bar = el("span", { class: value === null ? "none" : "" });
    if (value !== null) bar.style.setProperty("--share", value.toFixed(3));
    return bar;
  });
  const said = SCORES.map((name) =>
    `${t(name)} ${metrics[name] === null ? t("not_scored") : Math.round(metrics[name] * 100)}`).join(", ");
  return el("span", { class: "print", role: "img", "aria-label": said }, ...bars);
}

function row(session) {
  const tag = session.state === "closed" ? null : el("span", { class: "tag" }, t(session.state));
  const quality = session.metrics.quality;
  return el("li", {}, el("a", { href: `#session/${encodeURIComponent(session.session_id)}` },
    el("span", { class: "row-main" },
      el("strong", {}, when(session.start)),
      el("span", { class: "sub" }, session.scale),
      el("span", { class: "sub" }, `${clock(session.duration_s)} · ${session.notes} ${t("notes")}`),
      tag),
    fingerprint(session.metrics),
    el("span", { class: "row-score", "aria-hidden": "true" }, quality === null ? "–" : String(Math.round(quality * 100)))));
}

export async function list(say, older = false) {
  const ticket = ++asked;
  try {
    const page = await get(`/sessions?limit=${PAGE}${older && next ? `&before=${encodeURIComponent(next)}` : ""}`);
    if (ticket !== asked) return;
    next = page.next;
    const rows = page.sessions.map(row);
    if (older) $("session-list").append(...rows);
    else $("session-list").replaceChildren(...rows);
    show($("no-sessions"), !older && rows.length === 0);
    show($("older"), next !== null);
  } catch (error) {
    say(error.message, true);
  }
}

// The newest one, for the live view while nothing is played. Without it that view is only emptier.
export async function last() {
  const page = await get("/sessions?limit=1").catch(() => ({ sessions: [] }));
  $("last-list").replaceChildren(...page.sessions.map(row));
  show($("last"), page.sessions.length > 0);
}
