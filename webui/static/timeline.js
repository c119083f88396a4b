// Every note of a session, to move about in; and, for eyes that cannot see pictures, the same as words and a table.

import { button, el, text } from "./dom.js";
import { View, gestures } from "./pan.js";
import { Roll, firstFrom, overview } from "./roll.js";
import { t } from "./strings.js";
import { clock, offset, pitchName, signed } from "./words.js";

const FIRST_SECONDS = 15;
const TABLE_ROWS = 100;

const place = (note) => t(note.chord ? "in_chord" : note.in_scale ? "in_scale" : "outside");

function words(note, names) {
  const parts = [t("timeline_note", {
    note: pitchName(note.midi, names), time: `${clock(note.onset_s)}.${Math.floor((note.onset_s % 1) * 10)}`,
    cents: signed(note.cents), where: place(note),
  })];
  if (typeof note.signed_ms === "number") parts.push(offset(note.signed_ms));
  if (note.bend_cents >= 35) parts.push(t("note_bent", { cents: Math.round(note.bend_cents) }));
  if (note.vibrato_hz > 0) parts.push(t("note_vibrato", { hz: note.vibrato_hz.toFixed(1) }));
  return parts.join(", ");
}

function legend(session) {
  const items = [["tone", "legend_in"], ["tone odd", "legend_out"]];
  if (session.timeline.some((note) => typeof note.signed_ms === "number")) {
    items.push(["early", "legend_early"], ["late", "legend_late"]);
  }
  if (session.clicks.length) items.push(["beat", "legend_beat"]);
  if (session.chords?.length) items.push(["chord", "legend_chord"]);
  if (session.marks_s.length) items.push(["flag", "legend_mark"]);
  if (session.pauses.length) items.push(["pause", "legend_pause"]);
  if (session.gaps.length) items.push(["gap", "legend_gap"]);
  return el("ul", { class: "legend" }, ...items.map(([kind, key]) =>
    el("li", {}, el("span", { class: `key ${kind}` }), t(key))));
}

function label(session, notes, roll, length) {
  return t("timeline_label", {
    notes: session.notes, low: pitchName(roll.low + 1, session.scale_tones.pitch_names),
    high: pitchName(roll.high - 1, session.scale_tones.pitch_names), time: clock(length),
    wrong: notes.filter((note) => !note.in_scale && !note.chord).length, marks: session.marks_s.length, gaps: session.gaps.length,
  });
}

function asTable(notes, view, names) {
  const body = el("tbody", {});
  const head = ["th_time", "th_note", "th_cents", "th_timing", "th_scale"];
  const details = el("details", { class: "as-table" }, el("summary", {}, t("as_table")),
    el("table", {}, el("caption", {}, t("table_of_window", { rows: TABLE_ROWS })),
      el("thead", {}, el("tr", {}, ...head.map((key) => el("th", { scope: "col" }, t(key))))), body));
  const fill = () => {
    if (!details.open) return;
    const first = firstFrom(notes, view.from);
    body.replaceChildren(...notes.slice(first, first + TABLE_ROWS).map((note) => el("tr", {},
      el("td", {}, `${note.onset_s.toFixed(2)} s`), el("th", { scope: "row" }, pitchName(note.midi, names)),
      el("td", {}, signed(note.cents)), el("td", {}, typeof note.signed_ms === "number" ? offset(note.signed_ms) : "–"),
      el("td", {}, place(note)))));
  };
  details.addEventListener("toggle", fill);
  return { details, fill };
}

function keys(roll, view, state, choose) {
  return (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1 };
    if (event.key in steps) {
      const first = firstFrom(roll.notes, view.from);
      choose(state.selected < 0 ? first : state.selected + steps[event.key]);
    } else if (event.key === "+" || event.key === "=") view.zoom(0.5);
    else if (event.key === "-") view.zoom(2);
    else if (event.key === "Home") view.show(0);
    else if (event.key === "End") view.show(view.length);
    else return;
    event.preventDefault();
  };
}

// Returns the section and ``add(notes)`` for those that come later.
export function timeline(session) {
  const heading = el("h3", {}, t("timeline"));
  if (session.timeline.length === 0) {
    return { section: el("section", {}, heading, el("p", { class: "empty" }, t("no_notes"))), add: () => {} };
  }
  const notes = [...session.timeline];
  const names = session.scale_tones.pitch_names;
  const state = { selected: -1, due: 0 };
  const canvas = el("canvas", { class: "roll", tabindex: "0", role: "img" });
  const small = el("canvas", { class: "overview", "aria-hidden": "true" });
  const told = el("p", { class: "told", role: "status" }, t("timeline_hint"));
  const roll = new Roll(canvas, session, notes);
  const last = () => Math.max(session.duration_s, notes[notes.length - 1].offset_s ?? notes[notes.length - 1].onset_s);
  const paint = () => {
    state.due = 0;
    if (!canvas.clientWidth) return;
    roll.draw(view, state.selected);
    overview(small, roll, view);
    canvas.dataset.from = view.from.toFixed(2);
    canvas.dataset.span = view.span.toFixed(2);
    canvas.dataset.notes = notes.length;
    table.fill();
  };
  const redraw = () => { state.due ||= requestAnimationFrame(paint); };
  const view = new View(last() + 0.5, redraw);
  const table = asTable(notes, view, names);
  view.span = Math.min(view.length, FIRST_SECONDS);
  const choose = (index) => {
    state.selected = Math.max(-1, Math.min(notes.length - 1, index));
    const note = notes[state.selected];
    text(told, note ? words(note, names) : t("timeline_hint"));
    if (note) view.reveal(note.onset_s);
    redraw();
  };
  gestures(canvas, view, { seconds: (x) => roll.seconds(x), perPixel: () => roll.perPixel(), tap: (e) => choose(roll.at(e)) });
  canvas.addEventListener("keydown", keys(roll, view, state, choose));
  const jump = (event) => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    const box = small.getBoundingClientRect();
    view.show(((event.clientX - box.left) / box.width) * view.length - view.span / 2);
  };
  for (const name of ["pointerdown", "pointermove"]) small.addEventListener(name, jump);
  canvas.setAttribute("aria-label", label(session, notes, roll, last()));
  new ResizeObserver(redraw).observe(canvas);
  const tools = el("div", { class: "tools" },
    button("−", t("zoom_out"), () => view.zoom(2)), button("+", t("zoom_in"), () => view.zoom(0.5)),
    button(t("zoom_all"), t("zoom_all_label"), () => view.show(0, view.length)), told);
  const section = el("section", { class: "timeline" }, heading, canvas, small, tools, legend(session), table.details);
  const add = (more) => {
    notes.push(...more);
    roll.grown();
    view.length = Math.max(view.length, last() + 0.5);
    canvas.setAttribute("aria-label", label(session, notes, roll, last()));
    redraw();
  };
  return { section, add, redraw };
}
