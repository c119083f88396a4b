// Following a piece: where the player is, live; which piece it is, in the settings; what became of it, afterwards.

import { ApiError, get, remove, send } from "./api.js";
import { $, el, show, text } from "./dom.js";
import { t } from "./strings.js";
import { clock, offset } from "./words.js";

const BYTES_MAX = 10_000_000;
const KINDS = ".mid,.midi,.gp3,.gp4,.gp5,.gtp,.alphatex,.atex,.tex,.json,.csv,.tsv,.txt";
let card = null;
let file = null;

// --- live

export function render(state) {
  piece(state.target);
  const followed = state.session?.follow ?? null;
  show($("follow"), followed !== null);
  if (!followed) return;
  const where = followed.bar === null ? t("follow_begin") : t("follow_bar", { bar: followed.bar });
  text($("follow-title"), followed.segment ? `${followed.title}: ${followed.segment}` : followed.title);
  text($("follow-where"), followed.fault ? t("follow_fault", { fault: followed.fault }) : where);
  text($("follow-next"), followed.next.length ? t("follow_next", { notes: followed.next.map(pretty).join("  ") }) : "");
  text($("follow-counts"), t("follow_counts", { reached: followed.reached, notes: followed.notes, hits: followed.hits,
    wrong: followed.wrong, extra: followed.extra }));
  $("follow-done").style.setProperty("--share", (followed.notes ? followed.reached / followed.notes : 0).toFixed(4));
  const key = followed.trail.join();
  if ($("follow-trail").dataset.key === key) return;
  $("follow-trail").dataset.key = key;
  $("follow-trail").replaceChildren(...followed.trail.map((mark) => el("span", { class: mark })));
  $("follow-trail").setAttribute("aria-label", t("follow_trail", { marks: followed.trail.slice(-6).map((mark) => t(`mark_${mark}`)).join(", ") }));
}

const pretty = (name) => name.replaceAll("#", "♯").replace(/(?<=[A-Za-z])b/g, "♭");

// --- which piece

async function give(say, track = "") {
  if (file.size > BYTES_MAX) {
    tell(t("piece_too_large"), true);
    return;
  }
  card.busy = true;
  tell(t("piece_reading"));
  try {
    const given = await send("PUT", `/target?name=${encodeURIComponent(file.name.slice(0, 120))}&track=${encodeURIComponent(track)}`
      + `&segments=${encodeURIComponent(card.parts.value.trim())}`, file);
    tell(given.skipped.join("; "));
    tracks(given, track);
    say(t("piece_given", { title: given.title || file.name }));
  } catch (error) {
    tell(error.message, true);
  } finally {
    card.busy = false;
  }
}

function tell(message, bad = false) {
  text(card.told, message);
  card.told.classList.toggle("bad", bad);
}

function tracks(given, chosen) {
  show(card.tracks, given.tracks.length > 1);
  show(card.names, true);
  card.select.replaceChildren(...given.tracks.map((track) => el("option", {
    value: String(track.number), selected: chosen ? String(track.number) === chosen : track.name === given.track,
  }, t("piece_track", { name: track.name, notes: track.notes }))));
}

export function build(say) {
  const input = el("input", { type: "file", id: "piece-file", accept: KINDS, class: "unseen" });
  const told = el("p", { class: "note-line", role: "status" });
  const now = el("p", { class: "lead" });
  const select = el("select", { id: "piece-track" });
  const choose = el("label", { class: "button quiet", for: "piece-file", tabindex: "0", role: "button" }, t("piece_choose"));
  const drop = el("button", { class: "button quiet", type: "button" }, t("piece_drop"));
  const parts = el("input", { type: "text", id: "piece-parts", maxlength: 2000, autocomplete: "off", placeholder: "Chorus=17-24, Solo=30" });
  const field = (id, key, node) => el("div", { class: "field" }, el("div", { class: "head" }, el("label", { for: id }, t(key))),
    el("div", { class: "control" }, node));
  card = { now, told, drop, select, parts, tracks: field("piece-track", "piece_tracks", select), names: field("piece-parts", "piece_parts", parts) };
  input.addEventListener("change", () => {
    [file] = input.files;
    parts.value = "";
    input.value = "";  // the same file may be given again, once it was mended
    if (file) give(say);
  });
  choose.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    input.click();
  });
  const again = () => { if (file) give(say, card.tracks.hidden ? "" : select.value); };
  select.addEventListener("change", again);
  parts.addEventListener("change", again);
  drop.addEventListener("click", () => remove("/target").then(() => show(card.tracks, false), (error) => say(error.message, true)));
  show(card.tracks, false);
  show(card.names, false);
  $("piece").replaceChildren(el("h3", {}, t("piece_title")), el("p", { class: "sub" }, t("piece_how")), now,
    el("p", { class: "buttons" }, choose, input, drop), card.tracks, card.names, told);
}

function piece(target) {
  if (!card) return;
  text(card.now, target ? t("piece_now", { title: target.title || t("piece_untitled"), notes: target.notes, bars: target.bars }) : t("piece_none"));
  show(card.drop, target !== null);
}

// --- afterwards

function barCell(bar) {
  const tried = bar.hits + bar.wrong + bar.missed;
  const share = tried ? bar.hits / tried : 0;
  const kind = !tried ? "idle" : share === 1 ? "all" : share >= 0.8 ? "most" : "few";
  const label = tried ? t("bar_label", { bar: bar.number, hits: bar.hits, tried }) : t("bar_idle", { bar: bar.number });
  const cell = el("li", { class: kind, title: label }, el("span", { "aria-hidden": "true" }, String(bar.number)), el("span", { class: "unseen" }, label));
  cell.style.setProperty("--share", share.toFixed(2));
  return cell;
}

function moves(report) {
  if (!report.events.length) return null;
  return el("ul", { class: "moves" }, ...report.events.slice(0, 12).map((event) => el("li", {},
    t(`move_${event.kind}`, { time: clock(event.at_s), bar: event.bar ?? "?" }))));
}

function parts(report) {
  const played = report.segments.filter((segment) => segment.played > 0);
  if (!played.length) return null;
  return el("p", {}, played.map((segment) => t("segment_share", { name: segment.name, share: Math.round(segment.hit_share * 100) })).join(" · "));
}

// What became of the piece; its place on the page is kept until it has come.
export function report(session) {
  if (!session.followed) return null;
  const section = el("section", { class: "followed" }, el("h3", {}, t("followed")), el("p", { class: "sub" }, t("followed_wait")));
  get(`/sessions/${encodeURIComponent(session.session_id)}/follow`).then((found) => {
    if (!found.target) {
      section.replaceChildren(el("h3", {}, t("followed")), el("p", { class: "empty" }, t("followed_gone")));
      return;
    }
    const said = found.reached ? t("followed_said", { hits: found.hits, reached: found.reached, missed: found.missed,
      wrong: found.wrong, extra: found.extra, share: Math.round((found.accuracy ?? 0) * 100) }) : t("followed_nothing");
    const pace = found.tempo_bpm === null ? "" : t("followed_pace", { bpm: found.tempo_bpm.toFixed(1),
      offset: found.signed_ms === null ? "–" : offset(found.signed_ms) });
    section.replaceChildren(...[el("h3", {}, `${t("followed")}: ${found.target.title || t("piece_untitled")}`), el("p", {}, said),
      pace ? el("p", {}, pace) : null, parts(found), el("ol", { class: "bars", "aria-label": t("followed_bars") }, ...found.bars.map(barCell)),
      el("p", { class: "hint" }, t("followed_hint")), moves(found)].filter((one) => one !== null));
  }, (error) => {
    if (error instanceof ApiError) section.replaceChildren(el("h3", {}, t("followed")), el("p", { class: "empty" }, error.message));
  });
  return section;
}
