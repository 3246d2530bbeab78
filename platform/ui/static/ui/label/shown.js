// Pictures, sound and films of the responses: looked at closely and heard in step, whoever is asked first.
import { Lens } from "./lens.js";
import { compare, enlarge } from "./overlay.js";

const DRIFT = 0.15; // seconds that two recordings may be apart while they play
const SKIP = 5;

export class Shown {
  constructor(workspace) {
    this.workspace = workspace;
    this.heard = 0;
    this.asked = new Set(); // what we asked of a recording, whose event is still to come
    this.lens = new Lens(workspace);
    for (const control of workspace.querySelectorAll("[data-look]")) control.hidden = false;
    for (const side of this.sides) side.toggleAttribute("data-shows", Boolean(side.querySelector("[data-shown]")));
    this.recordings.forEach((recording, at) => this.hold(recording, at));
    this.hear(0);
    workspace.addEventListener("click", (event) => this.clicked(event));
  }

  get sides() {
    return [...this.workspace.querySelectorAll(".side")];
  }

  images(scope = this.workspace) {
    return [...scope.querySelectorAll('[data-shown="image"] img')];
  }

  // One of each response: its first.
  get recordings() {
    const found = this.sides.map((side) => side.querySelector('[data-shown="audio"] audio, [data-shown="video"] video'));
    return found.every(Boolean) ? found : [];
  }

  // ---- Recordings: what one does the others do, and one is heard ------------------------------------------------

  hold(recording, at) {
    const on = (kind, act) => recording.addEventListener(kind, () => {
      if (!this.asked.delete(`${kind}-${at}`)) act();
      this.tell();
    });
    on("play", () => { this.hear(at); this.follow(recording); this.start(recording); });
    on("pause", () => { if (!recording.ended) this.stop(recording); });
    on("seeked", () => this.follow(recording));
    on("ended", () => {});
    recording.addEventListener("timeupdate", () => { if (at === this.heard && !recording.paused) this.follow(recording, DRIFT); });
  }

  // Does to the others what was done to one, and takes no notice of their saying so.
  others(leader, kind, act) {
    this.recordings.forEach((each, at) => {
      if (each !== leader && act(each)) this.asked.add(`${kind}-${at}`);
    });
  }

  follow(leader, most = 0.01) {
    this.others(leader, "seeked", (each) => {
      const wanted = Math.min(leader.currentTime, each.duration || leader.currentTime);
      if (Math.abs(each.currentTime - wanted) <= most || each.seeking) return false;
      each.currentTime = wanted;
      return true;
    });
  }

  start(leader) {
    this.others(leader, "play", (each) => {
      if (!each.paused) return false;
      each.play().catch(() => {});
      return true;
    });
  }

  stop(leader) {
    this.others(leader, "pause", (each) => {
      if (each.paused) return false;
      each.pause();
      return true;
    });
  }

  play() {
    const all = this.recordings;
    if (!all.length) return null;
    const leader = all[this.heard];
    if (all.some((each) => !each.paused && !each.ended)) leader.paused ? all.find((each) => !each.paused).pause() : leader.pause();
    else leader.play().catch(() => {});
    return "";
  }

  hear(at) {
    const all = this.recordings;
    if (!all.length) return null;
    this.heard = at % all.length;
    all.forEach((each, place) => { each.muted = place !== this.heard; });
    const letter = this.sides[this.heard].dataset.side;
    this.sides.forEach((side, place) => side.toggleAttribute("data-heard", place === this.heard && all.length > 1));
    const next = this.workspace.querySelector('[data-look="hear"] b');
    if (next) next.textContent = this.sides[(this.heard + 1) % all.length].dataset.side;
    return `Response ${letter} is heard.`;
  }

  skip(by) {
    const leader = this.recordings[this.heard];
    if (!leader) return null;
    leader.currentTime = Math.max(0, Math.min(leader.currentTime + by, leader.duration || 0));
    return "";
  }

  tell() {
    const control = this.workspace.querySelector('[data-look="play"]');
    const isOn = this.recordings.some((each) => !each.paused && !each.ended);
    control?.setAttribute("aria-pressed", String(isOn));
    if (control) control.firstChild.textContent = isOn ? "Pause " : "Play ";
  }

  // ---- Keys and buttons -----------------------------------------------------------------------------------------

  // What to say where the key was ours, else null.
  key(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const isControl = event.target.closest("a, button, summary, input, audio, video");
    if (key === " ") return isControl ? null : this.play();
    if (key === "x") return this.recordings.length > 1 ? this.hear(this.heard + 1) : null;
    if (event.shiftKey && key.startsWith("Arrow")) return this.arrow(key);
    if (!this.images().length) return null;
    if (key === "+" || key === "=") return this.lens.zoom(1.25);
    if (key === "-" || key === "_") return this.lens.zoom(0.8);
    if (key === "e") return this.closer();
    return key === "c" ? this.compare() : null;
  }

  arrow(key) {
    if (this.images().length && this.lens.isZoomed) return this.lens.move(key);
    if (key === "ArrowLeft" || key === "ArrowRight") return this.skip(key === "ArrowLeft" ? -SKIP : SKIP);
    return null;
  }

  closer(image) {
    enlarge(this.images(), image);
    return "";
  }

  compare() {
    const [one, two] = this.sides.map((side) => this.images(side)[0]);
    if (this.sides.length !== 2 || !one || !two) return null;
    compare(one, two, this.sides.map((side) => side.dataset.side));
    return "";
  }

  clicked(event) {
    const look = event.target.closest("[data-look]")?.dataset.look;
    if (look === "closer") this.closer();
    else if (look === "compare") this.compare();
    else if (look === "play") this.play();
    else if (look === "hear") this.hear(this.heard + 1);
  }

  // The next item is shown: what plays in this one ends.
  leave() {
    for (const each of this.workspace.querySelectorAll("audio, video")) each.pause();
  }
}
