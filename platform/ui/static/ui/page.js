// What every page does beyond plain HTML: dialogs, the jump box, copying, asking before what cannot be undone.
import { isTyping } from "./typing.js";
import { openJump } from "./jump.js";

document.documentElement.classList.add("js");

for (const button of document.querySelectorAll("[data-jump-open]")) {
  button.hidden = false;
  button.addEventListener("click", openJump);
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  const dialog = opener && document.getElementById(opener.dataset.open);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
  }
  const copier = event.target.closest("[data-copy]");
  if (copier) copy(copier);
});

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// What a labeling page could not send before it was left goes out from whichever page is open next.
const person = document.documentElement.dataset.user;
if (person && Object.keys(localStorage).some((key) => key.startsWith(`goldpan:${person}:outbox:`))) import("./label/outbox.js").then((outbox) => outbox.flush());

document.addEventListener("submit", async (event) => {
  if (!event.target.matches("[data-sign-out]")) return;
  event.preventDefault();
  const { leave } = await import("./label/drafts.js");
  await Promise.race([leave(), new Promise((done) => { setTimeout(done, 3_000); })]);
  event.target.submit();
});

document.addEventListener("keydown", (event) => {
  if (isTyping(event) || event.key !== "/") return;
  event.preventDefault();
  openJump();
});

// A link or a button that says its key is followed by it, once however long the key is held.
document.addEventListener("keydown", (event) => {
  if (isTyping(event) || event.repeat || !/^[\p{L}\d]$/u.test(event.key)) return;
  document.querySelector(`:is(a, button)[aria-keyshortcuts="${event.key.toUpperCase()}"]`)?.click();
});

async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
  button.textContent = "Copied";
}

// A page that the back button brings from memory is shown again only if its reader is still signed in (AB-27).
addEventListener("pageshow", (event) => {
  if (event.persisted && person && !document.querySelector("[data-keeps-words]")) location.reload();
});
