// The jump box: projects, pages and items by number, from links that the pages already carry.
let box;

export function openJump() {
  box ??= build();
  box.querySelector("input").value = "";
  show(box, "");
  box.showModal();
  loadProjects();
}

function build() {
  const dialog = document.createElement("dialog");
  dialog.className = "jump";
  dialog.setAttribute("aria-label", "Jump to a project, a page or an item");
  dialog.innerHTML = '<input type="text" role="combobox" aria-expanded="true" aria-controls="jump-list" aria-label="Jump to" placeholder="A project, a page, or the number of an item" autocomplete="off" spellcheck="false"><ul id="jump-list" role="listbox" aria-label="Places"></ul>';
  const input = dialog.querySelector("input");
  input.addEventListener("input", () => show(dialog, input.value));
  input.addEventListener("keydown", (event) => steer(dialog, event));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  return dialog;
}

const places = new Map();

function collect(root) {
  for (const link of root.querySelectorAll(".where a, .tabs a, .subtabs a, .tools a, a[data-jump]")) {
    const words = (link.dataset.jump || link.getAttribute("aria-label") || link.textContent).replace(/\s+/g, " ").trim();
    const address = new URL(link.getAttribute("href"), location.href).pathname;
    if (words && !places.has(address)) places.set(address, words);
  }
}

let asked = false;
async function loadProjects() {
  if (asked) return;
  asked = true;
  try {
    const answer = await fetch(document.querySelector(".where .home").href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    collect(new DOMParser().parseFromString(await answer.text(), "text/html"));
    show(box, box.querySelector("input").value);
  } catch {
    asked = false; // offline: what this page knows is still offered
  }
}

function found(text) {
  collect(document);
  const wanted = text.trim().toLowerCase();
  const project = location.pathname.match(/^\/projects\/([a-z0-9-]+)\//)?.[1];
  const items = document.querySelector('a[href$="/items/"]');
  const byNumber = project && items && /^#?\d+$/.test(wanted) ? [[`/projects/${project}/items/${wanted.replace("#", "")}/`, `Item ${wanted}`]] : [];
  const named = [...places].filter(([, words]) => words.toLowerCase().includes(wanted));
  return [...byNumber, ...named].slice(0, 12);
}

function show(dialog, text) {
  const rows = found(text).map(([address, words], index) => {
    const row = document.createElement("li");
    row.setAttribute("role", "option");
    row.id = `jump-${index}`;
    row.setAttribute("aria-selected", String(index === 0));
    const link = document.createElement("a");
    link.href = address;
    link.tabIndex = -1;
    const name = document.createElement("bdi");
    name.textContent = words;
    const where = document.createElement("span");
    where.className = "quiet small";
    where.textContent = address;
    link.append(name, where);
    row.append(link);
    return row;
  });
  dialog.querySelector("ul").replaceChildren(...rows);
  dialog.querySelector("input").setAttribute("aria-activedescendant", rows.length ? "jump-0" : "");
}

function steer(dialog, event) {
  const rows = [...dialog.querySelectorAll("li")];
  const now = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  if (event.key === "Enter" && rows[now]) {
    event.preventDefault();
    location.assign(rows[now].querySelector("a").href);
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !rows.length) return;
  event.preventDefault();
  const next = (now + step + rows.length) % rows.length;
  rows.forEach((row, index) => row.setAttribute("aria-selected", String(index === next)));
  rows[next].scrollIntoView({ block: "nearest" });
  dialog.querySelector("input").setAttribute("aria-activedescendant", rows[next].id);
}
