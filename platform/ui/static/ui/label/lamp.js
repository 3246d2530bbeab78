// Is my work safe? Saved means: the server said so.
import { entries, state } from "./outbox.js";

const lamp = document.querySelector("[data-lamp]");
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

export function shine(drafts) {
  if (!lamp) return;
  const waiting = entries().length;
  const answers = waiting === 1 ? "1 answer waits" : `${waiting} answers wait`;
  let [color, words] = ["saved", "Saved"];
  if (drafts === "no-room") [color, words] = ["offline", "This browser keeps nothing: stay online"];
  else if (drafts === "here-only") [color, words] = ["offline", "Kept in this browser only"];
  else if (state.signedOut || drafts === "signed-out") [color, words] = ["offline", waiting ? `Signed out · ${answers}` : "Signed out"];
  else if (state.since) [color, words] = ["offline", `Offline since ${clock.format(state.since)}${waiting ? ` · ${answers}` : ""}`];
  else if (waiting || drafts === "saving") [color, words] = ["saving", "Saving"];
  lamp.hidden = false;
  lamp.dataset.state = color;
  if (lamp.textContent !== words) lamp.textContent = words;
}
