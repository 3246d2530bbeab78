// A ranking's order as cards. The radio buttons hold the answer; the cards show it, and dragging one sets the buttons.
import { register } from "../../ui/label/kinds.js";

register("ranking", (block, { dock }) => {
  const order = block.querySelector("[data-order]");
  const list = order.querySelector("ol");
  const rows = [...block.querySelectorAll("[data-row]")];
  const hasTies = order.dataset.ties === "yes";
  const placeOf = (row) => Number(row.querySelector("input:checked")?.value ?? 0);
  order.hidden = false;

  const groups = () => {
    const places = [...new Set(rows.map(placeOf).filter(Boolean))].sort((a, b) => a - b);
    return places.map((place) => rows.filter((row) => placeOf(row) === place));
  };

  function refresh() {
    const found = groups();
    const open = rows.filter((row) => !placeOf(row));
    list.replaceChildren(...found.flatMap((group, at) => [gap(at), card(group, at)]), gap(found.length), ...(open.length ? [waiting(open)] : []));
    const words = found.map((group) => group.map((row) => row.dataset.letter).join(" = ")).join(" > ");
    block.querySelector("[data-words]").textContent = words && `Order: ${words}`;
  }

  function gap(at) {
    const between = document.createElement("li");
    between.dataset.gap = at;
    between.textContent = at && at < groups().length ? ">" : "";
    return between;
  }

  function card(group, at) {
    const shared = document.createElement("li");
    if (hasTies) shared.dataset.place = at;
    shared.append(...group.map(letter));
    return shared;
  }

  function waiting(open) {
    const rest = document.createElement("li");
    rest.dataset.gap = groups().length;
    rest.append(...open.map(letter));
    return rest;
  }

  function letter(row) {
    const mark = document.createElement("span");
    mark.className = `letter ${row.dataset.letter}`;
    mark.textContent = row.dataset.letter;
    mark.addEventListener("pointerdown", (event) => drag(event, mark, row));
    return mark;
  }

  // Dropped on a card it shares that place, between two it gets one of its own; those behind it make room.
  function drop(row, target) {
    const found = groups().map((group) => group.filter((each) => each !== row));
    if (target.dataset.place !== undefined) found[Number(target.dataset.place)].push(row);
    else found.splice(Number(target.dataset.gap), 0, [row]);
    let last = row;
    found.filter((group) => group.length).forEach((group, at) => {
      for (const each of group) {
        each.querySelector(`input[value="${at + 1}"]`).checked = true;
        last = each === row ? each : last;
      }
    });
    last.querySelector("input:checked").dispatchEvent(new Event("input", { bubbles: true }));
  }

  function drag(start, mark, row) {
    if (start.button) return;
    start.preventDefault();
    mark.classList.add("held");
    mark.setPointerCapture(start.pointerId);
    const under = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-order] li");
    const over = (event) => { for (const each of list.children) each.classList.toggle("over", each === under(event)); };
    const end = (event) => {
      const target = event.type === "pointerup" ? under(event) : null;
      mark.classList.remove("held");
      mark.removeEventListener("pointermove", over);
      if (target && list.contains(target)) drop(row, target);
      refresh();
    };
    mark.addEventListener("pointermove", over);
    mark.addEventListener("pointerup", end, { once: true });
    mark.addEventListener("pointercancel", end, { once: true });
  }

  block.addEventListener("input", refresh);
  // A letter makes its response the one in turn.
  for (const row of rows) {
    dock.widgets.set(row, {
      key(key) {
        const named = /^[a-j]$/i.test(key) && rows.find((each) => each.dataset.letter === key.toUpperCase());
        if (named) dock.setCurrent(named);
        return Boolean(named);
      },
    });
  }
  refresh();
  return { refresh };
});
