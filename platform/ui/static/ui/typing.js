// Whether a key belongs to a text, to the browser or to an open dialog, and therefore not to us.
const NOT_TEXT = new Set(["radio", "checkbox", "button", "submit", "range", "file"]);

export function isTyping(event) {
  const target = event.target;
  return (
    event.isComposing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey ||
    target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT" ||
    (target.tagName === "INPUT" && !NOT_TEXT.has(target.type)) || document.querySelector("dialog[open]") !== null
  );
}
