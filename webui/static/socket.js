// The live socket: newest state only, reconnects by itself, and knows when it is stale.

const STALE_MS = 3500;
const RETRY_MS = [250, 500, 1000, 2000, 4000];
const TOO_MANY = 1013;
const ALONE = 1008;

export class Live {
  // onState(state); onLink("ok" | "wait" | "stale" | "full", secondsSilent); onRefused() when the door is closed.
  constructor({ onState, onLink, onRefused }) {
    this.onState = onState;
    this.onLink = onLink;
    this.onRefused = onRefused;
    this.socket = null;
    this.tries = 0;
    this.heardAt = 0;
    this.full = false;
    this.running = false;
    this.retry = 0;
    document.addEventListener("visibilitychange", () => this.wake());
    window.addEventListener("online", () => this.wake());
    window.addEventListener("pageshow", () => this.wake());
  }

  start() {
    if (this.running) return;
    this.running = true;
    this.onLink("wait", 0);
    this.connect();
    this.watch = setInterval(() => this.look(), 500);
  }

  stop() {
    this.running = false;
    clearInterval(this.watch);
    clearTimeout(this.retry);
    this.drop();
  }

  connect() {
    clearTimeout(this.retry);
    this.drop();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/v1/live`);
    this.socket = socket;
    let opened = false;
    socket.onopen = () => { opened = true; };
    socket.onmessage = (event) => {
      if (socket !== this.socket) return;
      this.heardAt = performance.now();
      this.tries = 0;
      this.full = false;
      const message = JSON.parse(event.data);
      if (message.type === "state") this.onState(message.state);
      this.onLink("ok", 0);
    };
    socket.onclose = (event) => {
      if (socket !== this.socket || !this.running) return;
      this.socket = null;
      this.full = event.code === TOO_MANY && this.heardAt === 0;
      if (!opened || event.code === ALONE) this.onRefused();
      this.later();
    };
  }

  drop() {
    if (!this.socket) return;
    const old = this.socket;
    this.socket = null;
    old.onmessage = old.onclose = old.onopen = null;
    old.close();
  }

  later() {
    const wait = RETRY_MS[Math.min(this.tries, RETRY_MS.length - 1)];
    this.tries += 1;
    this.retry = setTimeout(() => this.running && this.connect(), wait * (0.7 + 0.6 * Math.random()));
    this.look();
  }

  look() {
    if (!this.running) return;
    const silent = performance.now() - this.heardAt;
    if (this.full) this.onLink("full", 0);
    else if (this.heardAt === 0) this.onLink("wait", 0);
    else if (silent > STALE_MS || !this.socket) {
      this.onLink("stale", Math.round(silent / 1000));
      // A socket that says nothing although it is open is a dead one: the network changed under it.
      if (this.socket && silent > 2 * STALE_MS) {
        this.heardAt = performance.now() - STALE_MS - 1;
        this.connect();
      }
    }
  }

  wake() {
    if (!this.running || document.visibilityState === "hidden") return;
    if (!this.socket || performance.now() - this.heardAt > STALE_MS) {
      this.tries = 0;
      this.connect();
    }
  }
}
