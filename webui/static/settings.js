// Settings: saved as you type; a value that the pedal refuses says so beside its field, and the old one stays.

import { get, patch, post } from "./api.js";
import { $, el, text } from "./dom.js";
import { t } from "./strings.js";

const WAIT_MS = 350;
const FIELDS = [
  { name: "scale_root", kind: "select", group: "g_scale" },
  { name: "scale_kind", kind: "select", own: "custom", group: "g_scale" },
  { name: "scale_type", kind: "pick", group: "g_scale" },
  { name: "strictness", kind: "slide", min: 0, max: 1, step: 0.05, group: "g_ear" },
  { name: "sensitivity", kind: "slide", min: 0, max: 1, step: 0.05, group: "g_ear" },
  { name: "a4_hz", kind: "number", min: 425, max: 455, step: 0.5, unit: "Hz", group: "g_pitch" },
  { name: "bpm", kind: "number", min: 20, max: 300, step: 1, unit: "bpm", group: "g_pitch" },
  { name: "tuning", kind: "select", group: "g_pitch" },
  { name: "tell_drift", kind: "pick", values: [true, false], group: "g_drift" },
  { name: "drift_cents", kind: "number", min: 3, max: 30, step: 1, unit: "cents", group: "g_drift" },
  { name: "enabled_metrics", kind: "many", values: ["pitch_accuracy", "scale_conformity", "timing_stability", "noise_control"], group: "g_shown" },
  { name: "note_names", kind: "select", values: ["key", "sharps", "flats", "german", "solfege"], group: "g_shown" },
  { name: "left_handed", kind: "pick", values: [false, true], group: "g_shown" },
  { name: "player", kind: "text", max: 40, group: "g_you" },
  { name: "brightness", kind: "slide", min: 0.05, max: 1, step: 0.05, group: "g_you" },
];
// Kinds that are a row of buttons: one of them, or as many as one likes.
const LISTED = ["pick", "many"];
const rows = new Map();
let known = null;
let names = {};

export const chosen = () => known;

function pretty(name, value) {
  if (name === "left_handed") return t(value ? "s_left" : "s_right");
  if (name === "note_names") return t(`s_names_${value}`);
  if (name === "enabled_metrics") return t(value);
  if (typeof value === "boolean") return t(value ? "s_on" : "s_off");
  if (name === "scale_type") return t(`s_${value}`);
  return names[value] ?? String(value).replaceAll("_", " ");
}

function option(field, value) {
  return el("option", { value }, pretty(field.name, value));
}

function control(field, choices) {
  const base = { id: `set-${field.name}`, name: field.name, "aria-describedby": `say-${field.name}` };
  if (field.kind === "select") {
    const own = field.own ? [el("option", { value: field.own }, t("s_own"))] : [];
    return el("select", base, ...(field.values ?? choices[field.name]).map((value) => option(field, value)), ...own);
  }
  if (LISTED.includes(field.kind)) {
    const many = field.kind === "many";
    return el("div", { class: `options ${field.kind}`, id: base.id, role: many ? "group" : "radiogroup", "aria-labelledby": `label-${field.name}` },
      ...(field.values ?? choices[field.name]).map((value) => el("label", {},
        el("input", { type: many ? "checkbox" : "radio", name: field.name, value: String(value), "aria-describedby": base["aria-describedby"] }),
        el("span", {}, pretty(field.name, value)))));
  }
  if (field.kind === "slide") {
    return el("input", { ...base, type: "range", min: field.min, max: field.max, step: field.step });
  }
  if (field.kind === "number") {
    return el("input", { ...base, type: "number", inputmode: "decimal", min: field.min, max: field.max, step: field.step });
  }
  return el("input", { ...base, type: "text", maxlength: field.max, autocomplete: "off" });
}

function read(row) {
  if (row.field.kind === "many") return [...row.control.querySelectorAll("input:checked")].map((input) => input.value);
  if (row.field.kind === "pick") {
    const picked = row.control.querySelector("input:checked")?.value;
    return row.field.values ? picked === "true" : picked;
  }
  if (row.own && row.control.value === row.field.own) return row.own.value.trim() && `${row.field.own} ${row.own.value.trim()}`;
  if (row.field.kind === "select" || row.field.kind === "text") return row.control.value;
  return row.control.value.trim() === "" ? NaN : Number(row.control.value);
}

function write(row, value) {
  if (row.field.kind === "many") {
    for (const input of row.control.querySelectorAll("input")) input.checked = value.includes(input.value);
    return;
  }
  if (row.field.kind === "pick") {
    for (const input of row.control.querySelectorAll("input")) input.checked = input.value === String(value);
    return;
  }
  if (row.own) {
    row.own.hidden = !value.startsWith(`${row.field.own} `);
    if (!row.own.hidden) {
      row.own.value = value.slice(row.field.own.length + 1);
      row.control.value = row.field.own;
      return;
    }
  }
  // A value that the list does not offer was set elsewhere: it is shown, not replaced.
  if (row.field.kind === "select" && ![...row.control.options].some((one) => one.value === value)) {
    row.control.append(option(row.field, value));
  }
  row.control.value = String(value);
  if (row.field.kind === "slide") row.control.setAttribute("aria-valuetext", `${Math.round(value * 100)} %`);
}

function tell(row, message, bad) {
  text(row.say, message);
  row.root.classList.toggle("bad", bad);
  const target = LISTED.includes(row.field.kind) ? row.control.querySelector("input") : row.control;
  if (bad) target.setAttribute("aria-invalid", "true");
  else target.removeAttribute("aria-invalid");
}

async function save(row) {
  const value = read(row);
  row.dirty = false;
  if (row.own && value === "") {
    tell(row, t("s_own_hint"), false);
    return;
  }
  if (Array.isArray(value) && value.length === 0) {
    tell(row, t("s_at_least_one"), true);
    return;
  }
  if (value === undefined || Number.isNaN(value)) {
    tell(row, t("s_number", { min: row.field.min, max: row.field.max }), true);
    return;
  }
  try {
    known = await patch("/settings", { [row.field.name]: value });
    row.shown = String(known[row.field.name]);
    tell(row, `✓ ${t("saved")}`, false);
    clearTimeout(row.calm);
    row.calm = setTimeout(() => tell(row, "", false), 2000);
  } catch (error) {
    const range = row.field.kind === "number" && error.code === "invalid";
    tell(row, range ? t("s_number", { min: row.field.min, max: row.field.max })
      : error.message.replace(`${row.field.name}: `, ""), true);
  }
}

// A value of the player's own beside those of the list: saved when it is finished, not at each letter.
function ownInput(row) {
  const input = el("input", { id: `own-${row.field.name}`, type: "text", maxlength: 60, autocomplete: "off", autocapitalize: "off",
    spellcheck: "false", placeholder: "1 b3 4 5 b7", "aria-label": t("s_own_label"), "aria-describedby": `say-${row.field.name}` });
  input.hidden = true;
  input.addEventListener("change", () => save(row));
  row.control.addEventListener("change", () => {
    input.hidden = row.control.value !== row.field.own;
    if (!input.hidden) input.focus();
  });
  return input;
}

function build(field, choices) {
  const node = control(field, choices);
  const say = el("p", { class: "say", id: `say-${field.name}`, role: "status" });
  const label = LISTED.includes(field.kind)
    ? el("span", { class: "label", id: `label-${field.name}` }, t(`s_${field.name}`))
    : el("label", { for: `set-${field.name}` }, t(`s_${field.name}`));
  const ends = field.kind === "slide"
    ? el("p", { class: "ends", "aria-hidden": "true" }, el("span", {}, t(`s_${field.name}_low`)), el("span", {}, t(`s_${field.name}_high`)))
    : null;
  const unit = field.unit ? el("span", { class: "unit" }, field.unit) : null;
  const row = { field, control: node, say, dirty: false, timer: 0, calm: 0 };
  if (field.own) row.own = ownInput(row);
  row.root = el("div", { class: `field ${field.kind} ${field.name}` },
    el("div", { class: "head" }, label, say), el("div", { class: "control" }, node, unit), row.own && el("div", { class: "control" }, row.own), ends);
  node.addEventListener("input", () => {
    row.dirty = true;
    clearTimeout(row.timer);
    row.timer = setTimeout(() => save(row), WAIT_MS);
  });
  rows.set(field.name, row);
  return row.root;
}

function more(say, ask) {
  const out = el("div", { class: "new-link", role: "status" });
  const link = el("button", { class: "button quiet", type: "button" }, t("new_link"));
  link.addEventListener("click", async () => {
    try {
      const { path } = await post("/pair/link");
      out.replaceChildren(el("p", {}, t("new_link_text")), el("code", {}, location.origin + path));
    } catch (error) {
      say(error.message, true);
    }
  });
  const simple = (key, path, done) => {
    const button = el("button", { class: "button quiet", type: "button" }, t(key));
    button.addEventListener("click", () => post(path).then(() => say(t(done)), (error) => say(error.message, true)));
    return button;
  };
  const off = el("button", { class: "button danger", type: "button" }, t("shutdown"));
  off.addEventListener("click", async () => {
    if (await ask(t("shutdown_text"), t("shutdown"))) post("/shutdown").catch((error) => say(error.message, true));
  });
  $("more").replaceChildren(el("h3", {}, t("more")), el("p", { class: "sub" }, t("privacy")),
    el("p", { class: "buttons" }, simple("sync_now", "/sync", "did_sync"), link, off), out);
}

export async function open(say, ask) {
  if (rows.size) return;
  const choices = await get("/choices");
  names = choices.names;
  const groups = new Map();
  for (const field of FIELDS) {
    if (!groups.has(field.group)) groups.set(field.group, []);
    groups.get(field.group).push(build(field, choices));
  }
  $("settings-form").addEventListener("submit", (event) => event.preventDefault());
  $("settings-form").replaceChildren(...[...groups].map(([key, nodes]) =>
    el("fieldset", { class: "card" }, el("legend", {}, t(key)), el("div", { class: "fields" }, ...nodes))));
  more(say, ask);
  if (known) render(known);
}

// What the foot or another phone changed shows up here, except under the player's fingers.
export function render(settings) {
  known = settings;
  for (const [name, row] of rows) {
    const touched = row.dirty || row.root.classList.contains("bad") || row.root.contains(document.activeElement);
    const value = String(settings[name]);
    if (touched || row.shown === value) continue;
    row.shown = value;
    write(row, settings[name]);
  }
}
