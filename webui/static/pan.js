// A window of time on a longer stretch: dragged with one finger, zoomed with two, wheel, keys or buttons.

const SPAN_MIN = 1.5;

export class View {
  // length: seconds that there are; changed() is called whenever another part is to be seen.
  constructor(length, changed) {
    this.length = Math.max(length, SPAN_MIN);
    this.changed = changed;
    this.from = 0;
    this.span = this.length;
  }

  // Keep the moment ``at`` under the finger while the span changes by ``factor``.
  zoom(factor, at = this.from + this.span / 2) {
    const share = (at - this.from) / this.span;
    const span = Math.max(SPAN_MIN, Math.min(this.length, this.span * factor));
    this.show(at - share * span, span);
  }

  show(from, span = this.span) {
    this.span = Math.max(SPAN_MIN, Math.min(this.length, span));
    this.from = Math.max(0, Math.min(this.length - this.span, from));
    this.changed();
  }

  // Bring a moment into sight, no further than needed.
  reveal(at) {
    const edge = this.span * 0.1;
    if (at < this.from + edge) this.show(at - edge);
    else if (at > this.from + this.span - edge) this.show(at - this.span + edge);
  }
}

const TAP_PIXELS = 8;

// ``seconds(x)``: the moment under a client coordinate; ``perPixel()``: seconds of one pixel; ``tap(event)``.
export function gestures(node, view, { seconds, perPixel, tap }) {
  const down = new Map();
  let moved = 0;
  const spread = () => {
    const [a, b] = [...down.values()];
    return { apart: Math.max(12, Math.abs(a - b)), middle: (a + b) / 2 };
  };
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    node.setPointerCapture(event.pointerId);
    if (down.size === 0) moved = 0;
    down.set(event.pointerId, event.clientX);
  });
  node.addEventListener("pointermove", (event) => {
    if (!down.has(event.pointerId)) return;
    const step = event.clientX - down.get(event.pointerId);
    if (down.size === 2) {
      const before = spread();
      down.set(event.pointerId, event.clientX);
      const after = spread();
      view.zoom(before.apart / after.apart, seconds(after.middle));
      view.show(view.from - (after.middle - before.middle) * perPixel());
    } else {
      down.set(event.pointerId, event.clientX);
      view.show(view.from - step * perPixel());
    }
    moved += Math.abs(step);
  });
  const up = (event) => {
    if (down.delete(event.pointerId) && event.type === "pointerup" && down.size === 0 && moved < TAP_PIXELS) tap(event);
  };
  for (const name of ["pointerup", "pointercancel"]) node.addEventListener(name, up);
  node.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY) && !event.shiftKey) return;
    event.preventDefault();
    if (event.ctrlKey) view.zoom(Math.exp(event.deltaY / 200), seconds(event.clientX));
    else view.show(view.from + (event.deltaX || event.deltaY) * perPixel());
  }, { passive: false });
}
