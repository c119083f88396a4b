// How the strings have drifted while they were played: one line live, a table afterwards.

import { el } from "./dom.js";
import { t } from "./strings.js";
import { signed } from "./words.js";

export const driftLine = (drift) => t("drift_line", { text: drift.text });

const range = (cents, se) => (cents === null ? t("drift_unknown")
  : t("drift_cents", { cents: signed(cents, 1), se: se.toFixed(1) }));

function row(string) {
  const name = string.string === null ? string.name : `${string.string} · ${string.name}`;
  return el("tr", { class: string.told ? "moved" : "" }, el("th", { scope: "row" }, name),
    el("td", {}, range(string.cents, string.se_cents)),
    el("td", {}, range(string.drift_cents, string.drift_se_cents)),
    el("td", {}, String(string.n)));
}

export function driftTable(drift) {
  const heading = el("h3", {}, t("drift"));
  if (!drift.strings.some((string) => string.cents !== null)) {
    return el("section", { class: "strings" }, heading, el("p", { class: "empty" }, t("drift_none")));
  }
  const known = drift.strings.some((string) => string.drift_cents !== null);
  const said = drift.text ? driftLine(drift) : known ? t("drift_calm") : null;
  const together = drift.common_cents === null ? null
    : el("p", {}, t("drift_common", { cents: signed(drift.common_cents, 1) }));
  const columns = ["drift_string", "drift_now", "drift_moved", "drift_notes"];
  const head = el("tr", {}, ...columns.map((key) => el("th", { scope: "col" }, t(key))));
  return el("section", { class: "strings" }, heading, said ? el("p", {}, said) : null, together,
    el("table", {}, el("caption", { class: "unseen" }, t("drift")), el("thead", {}, head),
      el("tbody", {}, ...[...drift.strings].reverse().map(row))),
    el("p", { class: "hint" }, t("drift_hint")));
}
