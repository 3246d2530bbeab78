// What was expected of an item whose answer was known: told after the answer, where the project wants that.
import { send } from "./send.js";

const waiting = [];
let isOpen = false;
let done = [];

// Settles once nothing is left to be told: before that the page must not be left.
export const allTold = () => (isOpen ? new Promise((resolve) => { done.push(resolve); }) : Promise.resolve());

// Answers that were kept while the network was away arrive together: each is told in turn.
export function tellChecked(address) {
  waiting.push(address);
  if (!isOpen) next();
}

async function next() {
  const address = waiting.shift();
  isOpen = Boolean(address);
  if (!address) {
    for (const settle of done) settle();
    done = [];
    return;
  }
  try {
    const answer = await send(address);
    if (!answer.ok) return next();
    open(await answer.text());
  } catch {
    next(); // it stands on the item's page of one's own answer, too
  }
}

function open(text) {
  const dialog = document.createElement("dialog");
  dialog.className = "wide";
  dialog.setAttribute("aria-labelledby", "checked-title");
  // The server rendered it, and what people wrote is escaped in it.
  dialog.append(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
  dialog.addEventListener("keydown", (event) => event.stopPropagation()); // no key answers the item behind it
  dialog.addEventListener("close", () => { dialog.remove(); next(); });
  dialog.querySelector("[data-go-on]").addEventListener("click", (event) => { event.preventDefault(); dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("[data-go-on]").focus();
}
