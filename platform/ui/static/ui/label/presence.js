// Whether somebody is at work: how long they looked at an item, and when its lease wants renewing.
const IDLE = 60_000;
let seen = Date.now();
let counted = Date.now();
const spent = new Map();
let on = null;

for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"]) addEventListener(kind, tick, { passive: true, capture: true });
addEventListener("visibilitychange", tick);

// Time counts while the page is in view and its reader was active in the last minute.
function tick() {
  const now = Date.now();
  if (on) spent.set(on, (spent.get(on) ?? 0) + Math.min(now - counted, Math.max(0, seen + IDLE - counted)));
  counted = now;
  if (document.visibilityState === "visible") seen = now;
}

export function look(workspace) {
  tick();
  on = workspace;
  seen = counted = Date.now();
}

export function seconds(workspace) {
  tick();
  return ((spent.get(workspace) ?? 0) / 1000).toFixed(1);
}

export const isActive = () => Date.now() - seen < IDLE && document.visibilityState === "visible";
