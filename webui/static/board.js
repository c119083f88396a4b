// The simulated board's own panel: its display, its lights, a footswitch for the thumb, and cables to pull.

import { post } from "./api.js";
import { $, el, show, text } from "./dom.js";
import { t } from "./strings.js";

const OLED_EVERY_MS = 150;
// ``down``: the states of that part which mean that a hand has pulled it. The cable that leads the output back into the
// input is no part of the pedal: it lies beside it, until a hand plugs it in.
const CABLES = [
  { name: "audio", key: "plugged", down: ["missing", "fault"] },
  { name: "cable", key: "plugged", down: ["ok"], beside: true },
  { name: "oled", key: "working", down: ["missing", "fault"] },
  { name: "network", key: "up", down: ["missing", "fault", "waiting", "off"] },
];

let board = null;

function colour([red, green, blue]) {
  const part = (value) => Math.round(255 * Math.sqrt(Math.max(0, Math.min(1, value))));
  return `rgb(${part(red)} ${part(green)} ${part(blue)})`;
}

// Presses go out one after the other: a release that overtakes its press would hold the switch for ever.
function makeSwitch(say) {
  const button = el("button", { class: "switch", type: "button", "aria-label": t("board_switch") }, el("span", {}));
  let down = false;
  let queue = Promise.resolve();
  const edge = (pressed) => {
    if (pressed === down) return;
    down = pressed;
    button.classList.toggle("down", down);
    queue = queue.then(() => post("/board/edges", { edges: [{ at_s: 0, pressed }] }))
      .catch((error) => say(error.message, true));
  };
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    edge(true);
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) {
    button.addEventListener(name, () => edge(false));
  }
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  button.addEventListener("keydown", (event) => {
    if (event.repeat || (event.key !== " " && event.key !== "Enter")) return;
    event.preventDefault();
    edge(true);
  });
  button.addEventListener("keyup", () => edge(false));
  document.addEventListener("visibilitychange", () => edge(false));
  return button;
}

function makeCable({ name, key, down, beside = false }, say) {
  const button = el("button", { class: "button quiet", type: "button" });
  const cable = { name, button, down, beside, well: true, state: "", pulled: null };
  button.addEventListener("click", async () => {
    const well = !cable.well;
    // The pedal notices a broken part when it uses it next; until then the button knows what the hand did.
    cable.pulled = { well, before: cable.state };
    try {
      await post(`/board/${name}`, { [key]: well });
    } catch (error) {
      cable.pulled = null;
      say(error.message, true);
    }
  });
  return cable;
}

function label(cable, state) {
  const part = state.parts.find((one) => one.name === cable.name);
  cable.state = part?.state ?? "ok";
  if (cable.pulled && cable.pulled.before !== cable.state) cable.pulled = null;
  cable.well = cable.pulled ? cable.pulled.well : !cable.down.includes(cable.state);
  text(cable.button, t(`board_${cable.name}_${cable.well ? "off" : "on"}`));
  cable.button.classList.toggle("pulled", !cable.well && !cable.beside);
}

function build(say) {
  const oled = el("img", { class: "oled", alt: t("board_oled"), width: 256, height: 128 });
  const status = el("span", { class: "led", role: "img", "aria-label": t("board_led") });
  const beat = el("span", { class: "led", role: "img", "aria-label": t("board_beat") });
  const cables = CABLES.map((one) => makeCable(one, say));
  $("board").replaceChildren(
    el("h3", {}, t("board")),
    el("div", { class: "box" },
      el("div", { class: "glass" }, oled), el("div", { class: "leds" }, status, beat),
      makeSwitch(say), el("p", { class: "hint" }, t("board_switch_hint"))),
    el("p", { class: "buttons" }, ...cables.map((cable) => cable.button)));
  board = { oled, status, beat, cables, busy: false, wanted: -1, shown: -1 };
  oled.addEventListener("load", () => setTimeout(next, OLED_EVERY_MS));
  oled.addEventListener("error", () => setTimeout(next, 10 * OLED_EVERY_MS));
}

// One picture under way at most, and then the newest.
function next() {
  board.busy = false;
  if (board.wanted !== board.shown && document.visibilityState !== "hidden" && !$("view-live").hidden) {
    board.busy = true;
    board.shown = board.wanted;
    board.oled.src = `/api/v1/oled.png?${board.shown}`;
  }
}

export function render(state, say) {
  show($("board"), state.simulated);
  if (!state.simulated) return;
  if (!board) build(say);
  board.status.style.setProperty("--light", colour(state.status_led));
  board.status.style.setProperty("--glow", Math.max(...state.status_led).toFixed(2));
  board.beat.style.setProperty("--light", colour([state.beat_led, state.beat_led, state.beat_led]));
  board.beat.style.setProperty("--glow", state.beat_led.toFixed(2));
  for (const cable of board.cables) label(cable, state);
  board.wanted = state.sequence;
  if (!board.busy) next();
}
