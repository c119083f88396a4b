// What a session says beside the scores, in short sentences with numbers; and what was not scored, and why.

import { el } from "./dom.js";
import { t } from "./strings.js";
import { chordName, pitchName, signed } from "./words.js";

const SURE = 2; // standard errors beyond which a difference is one
const NAMES_MAX = 8;

const one = (value) => value.toFixed(1);

function tempo(metrics) {
  const held = metrics.tempo;
  if (metrics.tempo_bpm === null) return null;
  const lines = [held?.se_bpm ? t("fact_tempo_sure", { bpm: metrics.tempo_bpm.toFixed(2), se: held.se_bpm.toFixed(2) })
    : t("fact_tempo", { bpm: one(metrics.tempo_bpm) })];
  if (held?.drift_percent !== null && held?.drift_percent !== undefined) {
    lines.push(t(Math.abs(held.drift_percent) < 0.5 ? "fact_tempo_held" : "fact_tempo_drift", {
      from: one(held.start_bpm), to: one(held.end_bpm), percent: signed(held.drift_percent, 1) }));
  }
  return lines.join(" ");
}

function dynamics(found) {
  if (!found || found.spread_db === null) return null;
  const lines = [t("fact_dynamics", { spread: one(found.spread_db), score: Math.round(found.evenness * 100), n: found.n })];
  if (found.range_db !== null) lines.push(t("fact_range", { range: one(found.range_db) }));
  if (found.accent_db !== null) lines.push(t("fact_accent", { accent: signed(found.accent_db, 1) }));
  return lines.join(" ");
}

const beyond = (value, se) => value !== null && se !== null && Math.abs(value) > SURE * se;

function picking(found) {
  if (!found || found.offset_ms === null) return null;
  const values = { n: found.n, ms: one(Math.abs(found.offset_ms)), se: one(found.offset_se_ms) };
  const lines = [t(!beyond(found.offset_ms, found.offset_se_ms) ? "fact_picking_even"
    : found.offset_ms < 0 ? "fact_picking_early" : "fact_picking_late", values)];
  if (found.level_db !== null && beyond(found.level_db, found.level_se_db)) {
    lines.push(t(found.level_db < 0 ? "fact_picking_softer" : "fact_picking_louder", {
      db: one(Math.abs(found.level_db)), se: one(found.level_se_db) }));
  }
  return lines.join(" ");
}

function bends(found) {
  if (!found || found.off_cents === null) return null;
  const off = Math.round(Math.abs(found.off_cents));
  const lines = [t(off < 5 ? "fact_bends_true" : found.off_cents < 0 ? "fact_bends_short" : "fact_bends_over",
    { n: found.n, off, share: Math.round(found.in_tune * 100) })];
  for (const target of found.by_target) {
    lines.push(t(target.semitones === 1 ? "fact_bend_one" : "fact_bend", { semitones: target.semitones, off: signed(target.off_cents), n: target.n }));
  }
  return lines.join(" ");
}

function vibrato(found) {
  if (!found || found.rate_hz === null) return null;
  return t("fact_vibrato", { n: found.n, hz: one(found.rate_hz), cents: Math.round(found.width_cents) });
}

function coverage(found, names) {
  if (!found || found.n === 0) return null;
  const lines = [t("fact_coverage", { used: found.tones_used, all: found.tones_in_scale,
    low: pitchName(found.lowest_midi, names), high: pitchName(found.highest_midi, names) })];
  const missing = found.missing?.map((tone) => names[tone]).join(", ");
  if (missing) lines.push(t("fact_missing", { tones: missing }));
  return lines.join(" ");
}

function chords(found) {
  if (!found || found.n === 0) return null;
  const often = [...found.names].sort((a, b) => b[1] - a[1]);
  const said = often.slice(0, NAMES_MAX).map(([name, n]) => `${chordName(name)} × ${n}`).join(", ");
  return t("fact_chords", { n: found.n, inside: found.in_scale, names: said + (often.length > NAMES_MAX ? " …" : "") });
}

export function factList(session) {
  const { metrics } = session;
  const missing = session.scale_tones.pitch_classes.filter((tone) =>
    !session.coverage?.tones.some((played) => played.pitch_class === tone && played.n > 0));
  const names = session.scale_tones.pitch_names;
  const said = {
    tempo: tempo(metrics),
    dynamics: dynamics(metrics.dynamics),
    picking: picking(metrics.picking),
    bends: bends(metrics.bends),
    vibrato: vibrato(metrics.vibrato),
    coverage: coverage(session.coverage && { ...session.coverage, missing }, names),
    chords: chords(session.chord_count),
  };
  const rows = Object.entries(said).filter(([, line]) => line !== null).flatMap(([topic, line]) => [
    el("dt", {}, t(`topic_${topic}`)), el("dd", { class: topic }, line)]);
  if (rows.length === 0) return null;
  return el("section", { class: "facts" }, el("h3", {}, t("facts")), el("dl", {}, ...rows));
}

// What nobody could know is said, with its reason: a number that is not there must not look like a zero.
export function notScored(metrics) {
  const entries = Object.entries(metrics.not_scored);
  if (entries.length === 0) return null;
  return el("section", { class: "facts not-scored" }, el("h3", {}, t("not_scored_title")),
    el("dl", {}, ...entries.flatMap(([name, reason]) => [
      el("dt", {}, t(["pitch_accuracy", "scale_conformity", "timing_stability", "noise_control", "quality"].includes(name)
        ? name : `topic_${name}`)), el("dd", {}, reason)])));
}
