// One item to decide about: every decision has a key, and a key that was meant for the last item decides nothing here.
import { isTyping } from "../ui/typing.js";

const JUST_SHOWN = 350; // ms
const shownAt = performance.now();
let sent = false;

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches("input, textarea")) return event.target.blur();
  if (isTyping(event) || event.repeat || event.shiftKey || event.key.length !== 1) return undefined;
  const control = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!control || control.disabled) return undefined;
  event.preventDefault();
  if (performance.now() - shownAt < JUST_SHOWN) return undefined;
  return control.click();
});

// Enter in the short note decides nothing; a note to an annotator has lines, and goes with Ctrl and Enter.
document.querySelector("[data-note]")?.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); event.target.blur(); } });
document.querySelector("[data-coach]")?.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form.requestSubmit(); });
document.querySelector("details.coach")?.addEventListener("toggle", (event) => { if (event.target.open) event.target.querySelector("textarea").focus(); });
for (const form of document.querySelectorAll("[data-decides]")) {
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
}
addEventListener("pageshow", () => { sent = false; });
