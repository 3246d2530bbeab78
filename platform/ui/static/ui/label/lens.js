// Zoom and pan, in step for all pictures of the responses: the same share of each is in view. Wheel, keys, double click,
// dragging and two fingers. A wheel over a response that scrolls goes on scrolling it, unless Ctrl is held.
const MOST = 16;
const STEP = 0.1;

export class Lens {
  constructor(root, selector = '[data-shown="image"]') {
    this.root = root;
    this.selector = selector;
    this.touches = new Map();
    this.reset();
    root.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    root.addEventListener("dblclick", (event) => this.double(event));
    root.addEventListener("pointerdown", (event) => this.down(event));
    root.addEventListener("pointermove", (event) => this.moved(event));
    for (const end of ["pointerup", "pointercancel"]) root.addEventListener(end, (event) => this.up(event));
    root.addEventListener("dragstart", (event) => { if (this.frame(event)) event.preventDefault(); });
  }

  frame(event) {
    return event.target.closest?.(this.selector);
  }

  get isZoomed() {
    return this.scale > 1;
  }

  reset() {
    [this.scale, this.x, this.y] = [1, 0, 0];
    this.draw();
  }

  draw() {
    const most = (this.scale - 1) / 2;
    this.x = Math.max(-most, Math.min(most, this.x));
    this.y = Math.max(-most, Math.min(most, this.y));
    for (const frame of this.root.querySelectorAll(this.selector)) {
      frame.toggleAttribute("data-zoomed", this.isZoomed);
      for (const image of frame.querySelectorAll("img")) image.style.transform = this.isZoomed ? `translate(${this.x * 100}%, ${this.y * 100}%) scale(${this.scale})` : "";
    }
  }

  // `at` is the point that keeps its place, as a share of the frame from its middle.
  zoom(by, at = { x: 0, y: 0 }) {
    const scale = Math.max(1, Math.min(MOST, this.scale * by));
    const grown = scale / this.scale;
    this.x = at.x - (at.x - this.x) * grown;
    this.y = at.y - (at.y - this.y) * grown;
    this.scale = scale < 1.02 ? 1 : scale;
    this.draw();
    return this.isZoomed ? `${Math.round(this.scale * 100)} %` : "Whole picture";
  }

  move(key) {
    const [x, y] = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key];
    this.x += x * STEP;
    this.y += y * STEP;
    this.draw();
    return "";
  }

  point(frame, { clientX, clientY }) {
    const box = frame.getBoundingClientRect();
    return { x: (clientX - box.left) / box.width - 0.5, y: (clientY - box.top) / box.height - 0.5 };
  }

  wheel(event) {
    const frame = this.frame(event);
    const scrolled = frame?.closest(".text");
    const scrolls = scrolled && scrolled.scrollHeight > scrolled.clientHeight + 1;
    if (!frame || (scrolls && !event.ctrlKey && !this.isZoomed)) return;
    event.preventDefault();
    this.zoom(Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) / (event.ctrlKey ? 120 : 300)), this.point(frame, event));
  }

  double(event) {
    const frame = this.frame(event);
    if (!frame) return;
    event.preventDefault();
    if (this.isZoomed) this.reset();
    else this.zoom(2.5, this.point(frame, event));
  }

  down(event) {
    const frame = this.frame(event);
    if (!frame || event.button || event.target.closest("input")) return;
    this.touches.set(event.pointerId, event);
    if (!this.isZoomed && this.touches.size < 2) return;
    frame.setPointerCapture?.(event.pointerId);
  }

  moved(event) {
    const before = this.touches.get(event.pointerId);
    const frame = before?.target.closest(this.selector);
    if (!frame) return;
    const box = frame.getBoundingClientRect();
    const other = [...this.touches].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      const middle = { clientX: (event.clientX + other.clientX) / 2, clientY: (event.clientY + other.clientY) / 2 };
      this.zoom(apart(event) / Math.max(1, apart(before)), this.point(frame, middle));
    } else if (this.isZoomed) {
      this.x += (event.clientX - before.clientX) / box.width;
      this.y += (event.clientY - before.clientY) / box.height;
      this.draw();
    }
    this.touches.set(event.pointerId, event);
  }

  up(event) {
    this.touches.delete(event.pointerId);
  }
}
