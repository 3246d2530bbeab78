// Proposing a criterion without leaving the item. Its fields belong to a form of their own, so drafts and answers know
// nothing of them; what is typed there is kept from the listeners of the answers, too. It is kept in the browser, for its
// item: answering does not send it, and whoever began comes back to it here or at any later item.
import { register } from "../../ui/label/kinds.js";
import { send } from "../../ui/label/send.js";
import { drop, names, read, write } from "../../ui/label/store.js";

const MOST = 5; // begun at other items and shown at once
const here = document.getElementById("main").dataset.items;
const name = (form) => `proposal:${form.getAttribute("action")}:${form.elements._question.value}`;

register("proposal", (box, { workspace }) => {
  const form = workspace.querySelector(`#${CSS.escape(fieldsOf(box)[0].getAttribute("form"))}`);
  const own = name(form);
  const kept = read(own, null);
  if (kept) {
    for (const field of fieldsOf(box)) field.value = kept.fields[field.name] ?? "";
    box.open = true;
  }
  const others = names(`proposal:${here}`).filter((other) => !other.startsWith(`proposal:${form.getAttribute("action")}:`));
  box.querySelector("[data-begun]").replaceChildren(...others.slice(0, MOST).map(begun).filter(Boolean));
  if (others.length) box.querySelector("[data-waiting]").textContent = ` · ${others.length} begun earlier and not proposed`;
});

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const box = event.target.closest("[data-proposal]");
    if (!box) return;
    event.stopPropagation();
    keep(box);
  }, true);
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-proposes]")) return;
  event.preventDefault();
  event.stopPropagation();
  propose(event.target);
}, true);

const fieldsOf = (box) => [...box.querySelectorAll("textarea")];

function keep(box) {
  const fields = Object.fromEntries(fieldsOf(box).map((field) => [field.name, field.value]));
  const { form } = fieldsOf(box)[0];
  if (!Object.values(fields).some((words) => words.trim())) return drop(name(form));
  const isKept = write(name(form), { fields, address: form.getAttribute("action"), question: form.elements._question.value });
  if (!isKept) say(box, "This browser keeps nothing. Propose it before you go on.");
  return undefined;
}

async function propose(form) {
  const fields = [...form.elements].filter((each) => each.matches("textarea"));
  const sent = fields.map((field) => field.value);
  const beside = fields[0].closest("[data-proposal]");
  const button = beside.querySelector("button[form]");
  button.disabled = true;
  const words = await proposed(form.getAttribute("action"), new FormData(form));
  button.disabled = false;
  if (words.isDone) {
    fields.forEach((field, place) => { if (field.value === sent[place]) field.value = ""; }); // not what was typed meanwhile
    if (beside.isConnected) keep(beside);
    else drop(name(form));
  }
  say(beside, words.said);
}

// What was begun at another item, which can be proposed from here: its words, and what to do with them.
function begun(other) {
  const kept = read(other, null);
  if (!kept) return null;
  const line = document.createElement("div");
  const [words, told] = [document.createElement("p"), document.createElement("p")];
  Object.assign(words, { dir: "auto", className: "own-words", textContent: [kept.fields._words, kept.fields._why].filter(Boolean).join(" — ") });
  told.className = "small";
  told.setAttribute("role", "status");
  told.textContent = "Begun at an earlier item.";
  const body = { _question: kept.question, ...kept.fields };
  const done = (said) => { drop(other); words.remove(); for (const button of line.querySelectorAll("button")) button.remove(); told.textContent = said; };
  line.append(told, words, pressed("Propose that one", async () => {
    const answer = await proposed(kept.address, Object.entries(body));
    if (answer.isDone) done(answer.said);
    else told.textContent = answer.said;
  }), pressed("Throw it away", () => done("Thrown away.")));
  return line;
}

function pressed(words, act) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "btn plain", textContent: words });
  button.addEventListener("click", async () => {
    button.disabled = true;
    await act();
    button.disabled = false;
  });
  return button;
}

function say(box, words) {
  box.querySelector("[data-proposed]").textContent = words;
}

async function proposed(address, fields) {
  try {
    const answer = await send(address, { body: new URLSearchParams(fields).toString() });
    if (answer.ok) return { isDone: true, said: "Proposed. The curators see it; your answers are as they were." };
    if (answer.isSignedOut) return { said: "You are signed out. Your words are still here." };
    return { said: (await answer.json()).detail ?? "It was not taken. Your words are still here." };
  } catch {
    return { said: "The network is away. Your words are still here; try again later." };
  }
}
