// A picture on the whole screen, or two of them in one place: swiped with a slider, or flickering from one to the other.
import { Lens } from "./lens.js";

let overlay = null;

function open(name, ...content) {
  overlay?.remove();
  overlay = document.createElement("dialog");
  overlay.className = "overlay";
  overlay.setAttribute("aria-label", name);
  const close = button("Close", "Esc", () => overlay.close());
  const tools = document.createElement("p");
  tools.className = "tools";
  tools.append(...content.filter((each) => !each.matches(".stage")), close);
  overlay.append(...content.filter((each) => each.matches(".stage")), tools);
  overlay.addEventListener("close", () => overlay.remove());
  document.body.append(overlay);
  overlay.showModal();
  return overlay;
}

function button(words, key, act) {
  const made = document.createElement("button");
  const hint = document.createElement("kbd");
  made.type = "button";
  made.className = "btn plain";
  hint.textContent = key;
  made.append(`${words} `, hint);
  made.addEventListener("click", act);
  return made;
}

function copy(image, letter = "") {
  const made = new Image(image.width, image.height);
  made.src = image.src;
  made.alt = image.alt;
  if (letter) made.dataset.letter = letter;
  return made;
}

function stage(...images) {
  const made = document.createElement("div");
  made.className = "stage";
  made.dataset.shown = "image";
  made.append(...images);
  return made;
}

const zoomed = (lens, key) => {
  if (key === "+" || key === "=") return lens.zoom(1.25);
  return key === "-" || key === "_" ? lens.zoom(0.8) : null;
};

export function enlarge(images, first) {
  let at = Math.max(0, images.indexOf(first));
  const caption = document.createElement("span");
  caption.setAttribute("role", "status");
  const frame = stage();
  const turn = (by) => {
    at = (at + by + images.length) % images.length;
    frame.replaceChildren(copy(images[at]));
    caption.textContent = images[at].alt;
    lens.reset();
  };
  const more = images.length > 1 ? [button("Next picture", "E", () => turn(1))] : [];
  const lens = new Lens(open("A picture, enlarged", frame, caption, ...more));
  overlay.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (key === "e" || (!event.shiftKey && key === "arrowright")) turn(1);
    else if (!event.shiftKey && key === "arrowleft") turn(-1);
    else if (key.startsWith("arrow")) lens.move(event.key);
    else zoomed(lens, key);
  });
  turn(0);
}

export function compare(one, two, letters) {
  const [under, over] = [copy(one, letters[0]), copy(two, letters[1])];
  const frame = stage(under, over);
  const seam = document.createElement("input");
  Object.assign(seam, { type: "range", min: 0, max: 100, value: 50 });
  seam.setAttribute("aria-label", `How much of response ${letters[0]} is seen, in percent`);
  seam.className = "seam";
  const mark = letters.map((letter) => {
    const made = document.createElement("span");
    made.className = `letter ${letter}`;
    made.textContent = letter;
    return made;
  });
  const caption = document.createElement("span");
  caption.setAttribute("role", "status");
  const draw = () => {
    frame.style.setProperty("--seam", `${seam.value}%`);
    const [left, right] = [Number(seam.value) > 0, Number(seam.value) < 100];
    mark[0].toggleAttribute("data-off", !left);
    mark[1].toggleAttribute("data-off", !right);
    caption.textContent = left && right ? `${letters[0]} at the left, ${letters[1]} at the right` : `Response ${left ? letters[0] : letters[1]}`;
  };
  const set = (value) => { seam.value = value; draw(); };
  const flicker = () => set(Number(seam.value) === 100 ? 0 : 100);
  seam.addEventListener("input", draw);
  const lens = new Lens(open("Two pictures in one place", frame, mark[0], seam, mark[1], caption, button("Flicker", "F", flicker), button("Halves", "H", () => set(50))));
  overlay.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (key === "f") flicker();
    else if (key === "h") set(50);
    else if (key === "c") overlay.close();
    else if (event.shiftKey && key.startsWith("arrow")) { event.preventDefault(); lens.move(event.key); }
    else if (event.target !== seam && (key === "arrowleft" || key === "arrowright")) set(Number(seam.value) + (key === "arrowleft" ? -5 : 5));
    else zoomed(lens, key);
  });
  draw();
  seam.focus();
}
