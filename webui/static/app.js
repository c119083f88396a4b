// The page, top to bottom: words in, views built, then either pairing or the live socket.

import { get } from "./api.js";
import * as board from "./board.js";
import { $, show, text } from "./dom.js";
import * as follow from "./follow.js";
import * as latency from "./latency.js";
import * as live from "./live.js";
import * as pair from "./pair.js";
import * as session from "./session.js";
import * as sessions from "./sessions.js";
import * as settings from "./settings.js";
import { Live } from "./socket.js";
import { t, translate } from "./strings.js";

const VIEWS = ["live", "sessions", "session", "settings", "pair"];
const TOAST_MS = 3500;
let paired = false;
let toastTimer = 0;
let lastToast = null;
let sessionEnded = null;

function say(message, bad = false) {
  text($("toast"), message);
  $("toast").classList.toggle("bad", bad);
  show($("toast"), true);
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => show($("toast"), false), TOAST_MS);
}

function ask(question, yes) {
  text($("confirm-text"), question);
  text($("confirm-yes"), yes);
  $("confirm").showModal();
  return new Promise((resolve) => {
    $("confirm").addEventListener("close", () => resolve($("confirm").returnValue === "yes"), { once: true });
  });
}

function route() {
  const [name, id] = location.hash.slice(1).split("/");
  const wanted = VIEWS.includes(name) && name !== "pair" ? name : "live";
  const view = paired ? wanted : "pair";
  const changed = document.body.dataset.view !== view;
  document.body.dataset.view = view;
  for (const one of VIEWS) show($(`view-${one}`), one === view);
  show($("tabs"), paired);
  show($("actions"), paired && view === "live");
  for (const link of $("tabs").querySelectorAll("a")) {
    const current = link.dataset.view === (view === "session" ? "sessions" : view);
    if (current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (view === "sessions") sessions.list(say);
  if (view === "session") session.page(decodeURIComponent(id ?? ""), say);
  if (view === "live") sessions.last();
  if (view === "settings") settings.open(say, ask).catch((error) => say(error.message, true));
  if (changed) window.scrollTo(0, 0);
}

function onState(state) {
  document.body.dataset.board = state.simulated ? "simulated" : "real";
  const [red, green, blue] = state.status_led.map((value) => Math.round(255 * Math.sqrt(value)));
  $("lamp").style.setProperty("--light", `rgb(${red} ${green} ${blue})`);
  text($("scale-line"), state.scale);
  live.render(state);
  board.render(state, say);
  settings.render(state.settings);
  latency.render(state);
  follow.render(state);
  if (state.toast && state.toast !== lastToast) say(state.toast);
  lastToast = state.toast;
  // A session that ended while the list is open belongs into the list.
  const ended = state.review?.session_id ?? null;
  if (ended !== sessionEnded && document.body.dataset.view === "sessions") sessions.list(say);
  if (ended !== sessionEnded && document.body.dataset.view === "live") sessions.last();
  sessionEnded = ended;
}

function onLink(link, seconds) {
  document.body.dataset.link = link;
  text($("link-state"), t(link === "ok" ? "link_ok" : link === "stale" ? "link_stale" : "link_wait"));
  show($("stale"), link === "stale" || link === "full");
  if (link === "full") text($("stale"), t("too_many"));
  if (link === "stale") text($("stale"), seconds > 2 ? t("stale", { seconds }) : t("stale_now"));
}

// The socket was refused: because we are not paired, or because nobody is there?
async function onRefused() {
  try {
    await get("/state");
  } catch (error) {
    if (error.status === 401) {
      feed.stop();
      enter(false);
    }
  }
}

const feed = new Live({ onState, onLink, onRefused });

function enter(nowPaired) {
  paired = nowPaired;
  show($("link-state"), paired);
  route();
  if (paired) feed.start();
  else show($("stale"), false);
}

async function begin() {
  translate();
  $("tabs").setAttribute("aria-label", t("product"));
  live.build(say);
  latency.build(say);
  follow.build(say);
  pair.build((message) => {
    enter(true);
    say(message);
  });
  $("older").addEventListener("click", () => sessions.list(say, true));
  window.addEventListener("hashchange", route);
  try {
    onState(await get("/state"));
    enter(true);
  } catch (error) {
    if (error.status === 401) {
      if (location.hash === "#link-used") pair.linkUsed();
      enter(false);
      return;
    }
    enter(true);
    say(error.message, true);
  }
}

begin();
