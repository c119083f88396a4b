// The live view: what is heard, how the session goes, how the pedal is.

import { post } from "./api.js";
import { $, el, icon, show, text } from "./dom.js";
import { driftLine } from "./drift.js";
import { SCORES, Scores, Strip, levelShare } from "./gauges.js";
import { t } from "./strings.js";
import { chordName, clock, noteParts, offset, signed } from "./words.js";

const CENTS_RANGE = 50;
const TIMING_RANGE_MS = 60;
const IN_TUNE_CENTS = 5;
const CLIP_DBFS = -1;
const SIGNS = { ok: "●", waiting: "◐", missing: "▲", fault: "✕", off: "○" };
const ICONS = {
  start: "M7 4.5v15l13-7.5z",
  stop: "M6 6h12v12H6z",
  mark: "M6 21V4h12l-3.5 4.5L18 13H6",
  pause: "M7 5h3.5v14H7zM13.5 5H17v14h-3.5z",
  resume: "M7 4.5v15l13-7.5z",
  tuner: "M12 21V11M7 3v4a5 5 0 0 0 10 0V3",
  keep: "M5 12l5 5 9-11",
};
// What the thumb can do, by where the session stands; the second one is the big one.
const BARS = {
  idle: ["keep", "start", "tuner"],
  tuner: ["keep", "start", "tuner"],
  session: ["stop", "mark", "pause"],
  paused: ["stop", "resume", "mark"],
};
const PATHS = { tuner: "/tuner" };

let parts;
let closedReview = null;

export function build(say) {
  parts = {
    cents: new Strip($("cents-strip"), CENTS_RANGE),
    timing: new Strip($("timing-strip"), TIMING_RANGE_MS),
    scores: new Scores($("scores")),
    say,
    bar: "",
  };
  $("actions").setAttribute("aria-label", t("actions"));
  $("review-close").addEventListener("click", () => {
    closedReview = $("review").dataset.session;
    show($("review"), false);
    show($("hero"), true);
  });
}

async function act(name, button) {
  button.disabled = true;
  try {
    await post(PATHS[name] ?? `/session/${name}`);
    // What the view itself shows at once needs no words on top of it, except for ears.
    if (name === "mark" || name === "keep") parts.say(t(`did_${name}`));
    else if (name !== "tuner") text($("said"), t(`did_${name}`));
  } catch (error) {
    parts.say(error.message, true);
  } finally {
    button.disabled = false;
  }
}

function actions(state) {
  const session = state.session;
  const place = session ? (session.paused ? "paused" : "session") : state.mode === "tuner" ? "tuner" : "idle";
  if (parts.bar === place) return;
  const held = document.activeElement?.dataset?.action;
  parts.bar = place;
  const buttons = BARS[place].map((name, index) => {
    const label = name === "tuner" && place === "tuner" ? t("tuner_off") : t(name);
    const button = el("button", { class: `action ${name}${index === 1 ? " main" : ""}`, "data-action": name },
      icon(ICONS[name]), el("span", {}, label));
    button.addEventListener("click", () => act(name, button));
    return button;
  });
  $("actions").replaceChildren(...buttons);
  // The focus stays where the player's eyes are, although the button was exchanged.
  if (held) (buttons.find((button) => button.dataset.action === held) ?? buttons[1]).focus({ preventScroll: true });
}

function heard(state) {
  const one = state.heard;
  const sure = one?.note ? noteParts(one.note) : null;
  const cents = sure && !state.session?.chord_sounds ? one.cents : null;
  const idle = !state.session && state.mode !== "tuner";
  const chord = state.session?.chord_sounds ? chordName(state.session.chord) : null;
  text($("letter"), chord ?? (sure ? sure.letter : idle ? t("ready") : "–"));
  $("note").classList.toggle("word", chord !== null ? chord.length > 3 : !sure && idle);
  $("note").classList.toggle("chord", chord !== null);
  $("note").classList.toggle("long", chord !== null && chord.length > 5);
  text($("accidental"), sure && !chord ? sure.accidental : "");
  text($("octave"), sure && !chord ? sure.octave : "");
  const tuned = cents !== null && Math.abs(cents) <= IN_TUNE_CENTS;
  $("hero").classList.toggle("tuned", tuned);
  $("hero").classList.toggle("silent", !sure && !chord);
  const hint = chord ? t("chord") : state.session ? t("quiet") : state.target ? t("idle_piece", { title: state.target.title || t("piece_untitled") }) : t("idle_hint");
  const said = cents === null ? hint : tuned ? `${t("in_tune")} · ${signed(cents)}` : t("cents", { cents: signed(cents) });
  text($("cents"), state.mode === "tuner" && sure && one.f0_hz ? `${said} · ${t("hertz", { hz: one.f0_hz.toFixed(1) })}` : said);
  const recent = state.session?.recent ?? [];
  parts.cents.update(cents, recent.map((note) => ({ value: note.cents, inScale: note.in_scale })));
  const level = one ? one.level_dbfs : -120;
  $("level-bar").style.setProperty("--share", levelShare(level).toFixed(3));
  $("level").classList.toggle("clip", level > CLIP_DBFS);
  const db = signed(Math.max(-99, level));
  text($("level-text"), t(level > CLIP_DBFS ? "level_clip" : "level", { db }));
}

function timing(metrics, recent) {
  const known = metrics?.signed_ms ?? null;
  const dots = recent.filter((note) => typeof note.signed_ms === "number")
    .map((note) => ({ value: note.signed_ms, inScale: note.in_scale }));
  parts.timing.update(known, dots);
  const reason = metrics?.not_scored?.signed_ms ?? metrics?.not_scored?.timing_stability;
  const unknown = reason ? t("not_scored_why", { reason }) : t("no_click");
  text($("timing-text"), known === null ? `– ${unknown}` : offset(known));
  const empty = known === null && dots.length === 0;
  for (const node of [$("timing-strip"), $("timing-ends")]) show(node, !empty);
  $("timing").classList.toggle("unknown", known === null);
  $("timing").classList.toggle("early", known !== null && known < 0);
}

// The first two scores that the player looks at, and overall.
function threeNumbers(settings) {
  const seen = SCORES.filter((name) => name !== "quality" && settings.enabled_metrics.includes(name));
  const [first, second] = seen.length > 2 ? [seen[0], seen[2]] : seen;
  return [first, second, "quality"].filter((name) => name !== undefined);
}

function review(state) {
  const one = state.session ? null : state.review;
  const visible = one !== null && one.session_id !== closedReview && state.mode !== "tuner";
  show($("review"), visible);
  show($("hero"), !visible);
  if (!visible || $("review").dataset.session === one.session_id) return;
  $("review").dataset.session = one.session_id;
  const m = one.metrics;
  const lines = one.notes ? [t("review_sentence", { notes: one.notes, time: clock(one.elapsed_s) })] : [t("review_none")];
  if (m.tempo_bpm !== null) lines.push(t("review_tempo", { bpm: Math.round(m.tempo_bpm) }));
  if (m.signed_ms !== null) lines.push(t("review_timing", { offset: offset(m.signed_ms) }));
  if (one.tuning_drift.text) lines.push(driftLine(one.tuning_drift));
  text($("review-sentence"), lines.join(" "));
  $("review-numbers").replaceChildren(...threeNumbers(state.settings).map((name) => {
    const value = m[name] === null ? "–" : String(Math.round(m[name] * 100));
    const why = m[name] === null ? el("dd", { class: "why" }, m.not_scored[name] ?? t("not_scored")) : null;
    return el("div", {}, el("dt", {}, t(name)), el("dd", {}, value), why);
  }));
  $("review-link").href = `#session/${encodeURIComponent(one.session_id)}`;
}

function health(state) {
  const key = JSON.stringify([state.parts, state.waiting_to_sync]);
  if (parts.health === key) return;
  parts.health = key;
  $("health-dots").replaceChildren(...state.parts.map((part) => {
    const label = `${t(`part_${part.name}`)}: ${t(`state_${part.state}`)}`;
    return el("span", { class: `chip ${part.state}`, title: part.text },
      el("span", { class: "sign", "aria-hidden": "true" }, SIGNS[part.state]),
      el("span", { "aria-hidden": "true" }, t(`part_${part.name}`)), el("span", { class: "unseen" }, label));
  }), ...(state.waiting_to_sync
    ? [el("span", { class: "chip waiting" }, t("waiting_to_sync", { count: state.waiting_to_sync }))] : []));
  $("health-list").replaceChildren(...state.parts.flatMap((part) => [
    el("dt", { class: part.state }, `${SIGNS[part.state]} ${t(`part_${part.name}`)}`), el("dd", {}, part.text)]));
  const bad = state.parts.filter((part) => part.state === "missing" || part.state === "fault");
  show($("faults"), bad.length > 0);
  $("faults").replaceChildren(...bad.map((part) =>
    el("li", {}, el("strong", {}, `${SIGNS[part.state]} ${t(`part_${part.name}`)}`), el("span", {}, part.text))));
}

export function render(state) {
  const session = state.session;
  const shown = session ?? (state.mode === "tuner" ? null : state.review);
  document.body.toggleAttribute("data-idle", shown === null);
  document.body.dataset.mode = session ? (session.paused ? "paused" : "session") : state.mode;
  heard(state);
  review(state);
  actions(state);
  health(state);
  // Before the first note there are no numbers to show: an empty gauge would only pretend.
  for (const id of ["clock", "timing", "scores"]) show($(id), shown !== null);
  text($("elapsed"), clock(shown?.elapsed_s ?? 0));
  text($("elapsed-name"), t(session?.paused ? "paused" : "elapsed"));
  text($("notes"), String(shown?.notes ?? 0));
  text($("marks"), String(shown?.marks ?? 0));
  const bpm = shown?.metrics.tempo_bpm ?? null;
  text($("tempo"), bpm === null ? "–" : String(Math.round(bpm)));
  const drift = session?.tuning_drift;
  show($("drift"), Boolean(drift?.text));
  text($("drift"), drift?.text ? driftLine(drift) : "");
  timing(shown?.metrics, shown?.recent ?? []);
  parts.scores.update(shown?.metrics ?? null, state.settings.enabled_metrics);
}
