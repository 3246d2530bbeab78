// What can be wrong, beside the words that the mouse selected or the mark that it clicked. Keys and fingers use the dock.

export class Popover {
  constructor(marking) {
    this.marking = marking;
    this.element = document.createElement("div");
    this.element.className = "marking-popover";
    this.element.hidden = true;
    this.element.dataset.noText = "";
    this.element.setAttribute("role", "toolbar");
    this.element.setAttribute("aria-label", "What is wrong with these words");
    for (const button of marking.block.querySelectorAll("[data-type], [data-severity], [data-remove]")) this.element.append(button.cloneNode(true));
  }

  show(place, [from, to]) {
    const { marking, element } = this;
    const side = marking.sides[place];
    side.append(element);
    element.hidden = false;
    element.classList.toggle("for-mark", !marking.chosen);
    const lines = marking.sources[place].rangeOf(from, to).getClientRects();
    const [first, last, box] = [lines[0], lines[lines.length - 1], side.getBoundingClientRect()];
    const room = side.closest(".text").getBoundingClientRect().bottom - last.bottom;
    const top = room > element.offsetHeight + 12 ? last.bottom - box.top + 8 : first.top - box.top - element.offsetHeight - 12;
    element.style.top = `${top}px`;
    element.style.left = `${Math.max(0, Math.min(last.left - box.left, box.width - element.offsetWidth))}px`;
  }

  hide() {
    this.element.hidden = true;
  }
}
