// Numbers as people read them.

import { t } from "./strings.js";

const LETTERS = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

export function signed(value, digits = 0) {
  const rounded = Number(value.toFixed(digits));
  if (rounded === 0) return (0).toFixed(digits);
  return (rounded > 0 ? "+" : "−") + Math.abs(rounded).toFixed(digits);
}

export function offset(ms) {
  const rounded = Math.round(Math.abs(ms));
  if (rounded === 0) return t("ms_even");
  return t(ms < 0 ? "ms_early" : "ms_late", { ms: rounded });
}

// ``names``: of the twelve pitch classes, as the session's key spells them. The octave is that of the letter: the C♭
// just under the middle C4 is C♭4.
export function pitchName(midi, names = LETTERS) {
  const name = names[((midi % 12) + 12) % 12].replaceAll("#", "♯").replace(/(?<=.)b/g, "♭");
  const raised = [...name].reduce((sum, sign) => sum + (sign === "♯") - (sign === "♭"), 0);
  return name + (Math.floor((midi - raised) / 12) - 1);
}

// "F#m7" -> "F♯m7", "Bb/D" -> "B♭/D": only after a letter that is a note; the b of "7b5" is a flat too.
export const chordName = (name) => name.replaceAll("#", "♯").replace(/(?<=^[A-G]|\/[A-G]|\d)b/g, "♭");

// "F#3" or "F♯3" as its three parts.
export function noteParts(name) {
  const match = /^([A-H]|Do|Re|Mi|Fa|Sol|La|Si)([#♯b♭]{0,2})(-?\d+)?$/.exec(name ?? "");
  if (!match) return { letter: name ?? "", accidental: "", octave: "" };
  const accidental = match[2].replaceAll("#", "♯").replaceAll("b", "♭");
  return { letter: match[1], accidental, octave: match[3] ?? "" };
}

export function when(iso) {
  if (!iso) return t("no_date");
  const date = new Date(iso);
  if (Number.isNaN(date.valueOf())) return t("no_date");
  return new Intl.DateTimeFormat(undefined, {
    weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
  }).format(date);
}
