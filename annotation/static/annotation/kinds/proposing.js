// Proposing a criterion without leaving the item. Its fields belong to a form of their own, so drafts and answers know
// nothing of them; what is typed there is kept from the listeners of the answers, too.
import { send } from "../../ui/label/send.js";

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => { if (event.target.closest("[data-proposal]")) event.stopPropagation(); }, true);
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-proposes]")) return;
  event.preventDefault();
  event.stopPropagation();
  propose(event.target);
}, true);

async function propose(form) {
  const fields = [...form.elements].filter((each) => each.matches("textarea"));
  const beside = fields[0].closest("[data-proposal]");
  const button = beside.querySelector("button");
  button.disabled = true;
  const words = await proposed(form);
  button.disabled = false;
  if (words.isDone) for (const field of fields) field.value = "";
  beside.querySelector("[data-proposed]").textContent = words.said;
}

async function proposed(form) {
  try {
    const answer = await send(form.action, { body: new URLSearchParams(new FormData(form)).toString() });
    if (answer.ok) return { isDone: true, said: "Proposed. The curators see it; your answers are as they were." };
    if (answer.isSignedOut) return { said: "You are signed out. Your words are still here." };
    return { said: (await answer.json()).detail ?? "It was not taken. Your words are still here." };
  } catch {
    return { said: "The network is away. Your words are still here; try again later." };
  }
}
