// The sound card's own delay: how to measure it, how far it has come, and what is known.

import { post } from "./api.js";
import { $, el, text } from "./dom.js";
import { t } from "./strings.js";

let card = null;

function known(trip) {
  if (trip.stale) return t("rt_stale");
  if (trip.latency_ms !== null) return t("rt_known", { ms: trip.latency_ms.toFixed(1), samples: trip.samples });
  return t(trip.card && !trip.outputs ? "rt_no_output" : "rt_unknown");
}

export function build(say) {
  const button = el("button", { class: "button quiet", type: "button" }, t("rt_measure"));
  const status = el("p", { class: "lead", role: "status" });
  button.addEventListener("click", () => post("/round-trip").catch((error) => say(error.message, true)));
  $("round-trip").replaceChildren(el("h3", {}, t("rt_title")), el("p", { class: "sub" }, t("rt_how")), status,
    el("p", { class: "buttons" }, button));
  card = { button, status };
}

export function render(state) {
  if (!card) return;
  const trip = state.round_trip;
  const measuring = trip.step !== null;
  const refused = trip.refused ? `${t(`rt_${trip.refused}`)} ` : "";
  text(card.status, measuring ? t("rt_step", { step: trip.step, steps: trip.steps }) : refused + known(trip));
  card.button.disabled = measuring || state.session !== null || !trip.outputs;
}
