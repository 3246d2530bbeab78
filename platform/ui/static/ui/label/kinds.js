// Kinds of question that need more than inputs bring a module of their own, which registers itself here.
//
// enhance(row, desk) is called once for every element with `data-kind="<name>"` when its item is first shown; `desk` is
// {dock, workspace, changed}. It may return {key(key, event), refresh(), isAnswered(), wants()}: `key` says whether the key was
// an answer, `refresh` draws what the fields hold after they were filled from outside, `isAnswered` speaks for the row, and
// `wants` says what is still open in it, where its name does not say enough.
const known = new Map();

export const register = (name, enhance) => known.set(name, enhance);

export function enhanceAll(desk) {
  for (const row of desk.workspace.querySelectorAll("[data-kind]")) {
    const made = known.get(row.dataset.kind)?.(row, desk);
    if (made) desk.dock.widgets.set(row, made);
  }
}
