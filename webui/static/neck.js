// Where on the neck was played: a dot for each place, the larger the more often; small ones wait to be used.

import { el, svg } from "./dom.js";
import { t } from "./strings.js";
import { pitchName } from "./words.js";

const ROW = 30;
const FRET = 24.5;
const OPEN = 26;
const TOP = 18;
const NAMES = 30;
const INLAYS = [3, 5, 7, 9, 12, 15, 17, 19, 21, 24];
const SEEN = 0.5;

function layout(neck, mirrored) {
  const highest = Math.max(12, ...neck.places.filter((place) => place.likely >= SEEN).map((place) => place.fret + 1));
  const frets = Math.min(24, highest);
  const width = NAMES + OPEN + frets * FRET + 8;
  const x = (fret) => {
    const at = NAMES + (fret === 0 ? OPEN / 2 : OPEN + (fret - 0.5) * FRET);
    return mirrored ? width - at : at;
  };
  const strings = neck.strings.length;
  return { frets, width, height: TOP + strings * ROW + 18, x, y: (string) => TOP + (string - 0.5) * ROW, strings };
}

function board(box, mirrored) {
  const edge = (at) => (mirrored ? box.width - at : at);
  const [top, bottom] = [box.y(1), box.y(box.strings)];
  const parts = [];
  for (let fret = 0; fret <= box.frets; fret += 1) {
    const x = edge(NAMES + OPEN + fret * FRET);
    parts.push(svg("line", { x1: x, x2: x, y1: top, y2: bottom, class: fret === 0 ? "nut" : "fret" }));
  }
  for (let string = 1; string <= box.strings; string += 1) {
    const [from, to] = [edge(NAMES + OPEN - 6), edge(box.width - 8)];
    parts.push(svg("line", { x1: from, x2: to, y1: box.y(string), y2: box.y(string), class: "string" }));
  }
  for (const fret of INLAYS.filter((one) => one <= box.frets)) {
    parts.push(svg("text", { x: box.x(fret), y: box.height - 3, class: "axis" }, String(fret)));
  }
  return parts;
}

function dot(box, place, most, scale) {
  const inside = scale.has(place.midi % 12);
  const size = 4 + 8.5 * Math.sqrt(place.likely / most);
  const [cx, cy] = [box.x(place.fret), box.y(place.string)];
  // The less sure the string is, the paler the dot.
  const solid = (0.3 + 0.7 * Math.min(1, place.n / place.likely)).toFixed(2);
  const shape = svg("circle", { cx, cy, r: size.toFixed(1), class: inside ? "played" : "played odd", "fill-opacity": solid });
  const count = Math.round(place.likely);
  return size < 8 || count === 0 ? [shape]
    : [shape, svg("text", { x: cx, y: cy + 4, class: `many${place.n / place.likely < 0.4 || !inside ? " pale" : ""}` }, String(count))];
}

function unused(box, neck, used, scale) {
  const dots = [];
  neck.strings.forEach((open, index) => {
    const string = box.strings - index;
    for (let fret = 0; fret <= box.frets; fret += 1) {
      if (!scale.has((open + fret) % 12) || used.has(`${string}/${fret}`)) continue;
      dots.push(svg("circle", { cx: box.x(fret), cy: box.y(string), r: 2.5, class: "unused" }));
    }
  });
  return dots;
}

function asTable(neck, names, scale) {
  const rows = neck.strings.map((open, index) => {
    const string = neck.strings.length - index;
    const here = neck.places.filter((place) => place.string === string && place.likely >= SEEN);
    const said = here.map((place) => t("neck_place", { fret: place.fret, note: pitchName(place.midi, names),
      n: Math.round(place.likely), odd: scale.has(place.midi % 12) ? "" : ` (${t("outside")})` })).join("; ");
    return el("tr", {}, el("th", { scope: "row" }, `${string} · ${pitchName(open, names)}`), el("td", {}, said || t("neck_unused")));
  });
  return el("details", { class: "as-table" }, el("summary", {}, t("as_table")),
    el("table", {}, el("caption", {}, t("neck")), el("tbody", {}, ...rows.reverse())));
}

export function neckMap(session, mirrored) {
  const { neck } = session;
  const heading = el("h3", {}, t("neck"));
  if (neck.notes === 0) return el("section", { class: "neck" }, heading, el("p", { class: "empty" }, t("neck_none")));
  const scale = new Set(session.scale_tones.pitch_classes);
  const names = session.scale_tones.pitch_names;
  const seen = neck.places.filter((place) => place.likely >= SEEN);
  const used = new Set(seen.map((place) => `${place.string}/${place.fret}`));
  const most = Math.max(...seen.map((place) => place.likely), 1);
  const box = layout({ ...neck, places: seen }, mirrored);
  const side = mirrored ? box.width - 4 : 4;
  const letters = neck.strings.map((open, index) => svg("text", {
    x: side, y: box.y(box.strings - index) + 4, class: mirrored ? "axis end" : "axis begin" }, pitchName(open, names)));
  const favourite = [...seen].sort((a, b) => b.likely - a.likely)[0];
  const label = t("neck_label", { places: seen.length, sure: neck.sure, notes: neck.notes,
    note: pitchName(favourite.midi, names), string: favourite.string, fret: favourite.fret });
  const picture = svg("svg", { class: "board-map", role: "img", "aria-label": label, width: box.width, height: box.height,
    viewBox: `0 0 ${box.width} ${box.height}`, "data-mirrored": mirrored ? "yes" : "no" },
  svg("title", {}, label), ...board(box, mirrored), ...letters, ...unused(box, neck, used, scale),
  ...[...seen].sort((a, b) => b.likely - a.likely).flatMap((place) => dot(box, place, most, scale)));
  const scroll = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("neck") }, picture);
  // Where the nut is on the right, that is where reading begins.
  if (mirrored) requestAnimationFrame(() => { scroll.scrollLeft = scroll.scrollWidth; });
  return el("section", { class: "neck" }, heading, scroll,
    el("p", { class: "hint" }, t("neck_hint", { sure: neck.sure, notes: neck.notes })), asTable(neck, names, scale));
}
