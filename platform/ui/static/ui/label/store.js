// What must outlive the tab: words on their way to the server, in localStorage, under the id of the person who typed them.
// Nobody else's page reads them: every key begins with the id that the server wrote into this page.
const user = document.documentElement.dataset.user;
const prefix = `goldpan:${user}:`;

export function read(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(prefix + name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

// False when the browser has no room or forbids it: then only the server keeps the words, and the lamp says so.
export function write(name, value) {
  try {
    localStorage.setItem(prefix + name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function drop(name) {
  try {
    localStorage.removeItem(prefix + name);
  } catch { /* nothing was kept there */ }
}

export function names(start) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix + start)).map((key) => key.slice(prefix.length));
  } catch {
    return [];
  }
}

export const person = user;
