// Pairing with the number on the pedal's display.

import { post } from "./api.js";
import { $, show, text } from "./dom.js";
import { t } from "./strings.js";

let ticking = 0;

function count(seconds) {
  clearInterval(ticking);
  const until = performance.now() + seconds * 1000;
  const tick = () => {
    const left = Math.ceil((until - performance.now()) / 1000);
    if (left > 0) {
      text($("pair-note"), t("pair_left", { seconds: left }));
      return;
    }
    reset(t("pair_gone"));
  };
  tick();
  ticking = setInterval(tick, 1000);
}

function reset(message) {
  clearInterval(ticking);
  show($("pair-form"), false);
  show($("pair-begin"), true);
  $("pin").value = "";
  text($("pair-note"), message);
}

async function begin() {
  try {
    const shown = await post("/pair/begin");
    show($("pair-begin"), false);
    show($("pair-form"), true);
    $("pin").focus();
    count(shown.expires_s);
  } catch (error) {
    text($("pair-note"), error.message);
  }
}

async function redeem(onPaired) {
  const input = $("pin");
  if (!/^\d{6}$/.test(input.value)) return;
  input.disabled = true;
  try {
    const answer = await post("/pair", { pin: input.value });
    reset("");
    onPaired(answer.kept ? t("pair_done") : t("pair_not_kept"));
  } catch (error) {
    input.disabled = false;
    input.value = "";
    input.setAttribute("aria-invalid", "true");
    if (error.code === "wrong_pin" || error.status === 0) {
      clearInterval(ticking);
      text($("pair-note"), error.message);
      input.focus();
    } else {
      reset(error.message);
    }
  } finally {
    input.disabled = false;
  }
}

export function build(onPaired) {
  $("pair-begin").addEventListener("click", begin);
  $("pin").addEventListener("input", () => {
    $("pin").value = $("pin").value.replace(/\D/g, "").slice(0, 6);
    $("pin").removeAttribute("aria-invalid");
    redeem(onPaired);
  });
  $("pair-form").addEventListener("submit", (event) => {
    event.preventDefault();
    redeem(onPaired);
  });
}

export function linkUsed() {
  text($("pair-note"), t("pair_link_used"));
}
