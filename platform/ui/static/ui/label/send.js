// One request of ours: as the person of this page, with the token that the cookie holds now, never following a redirect.
import { person } from "./store.js";

export function token() {
  const found = document.cookie.match(/(?:^|; )(?:__Host-)?goldpan-csrf=([^;]+)/);
  return found ? found[1] : (document.querySelector('[name="csrfmiddlewaretoken"]')?.value ?? "");
}

export async function send(address, { body, signal, keepalive } = {}) {
  const headers = { "X-Requested-With": "goldpan", "X-Goldpan-User": person };
  if (body !== undefined) Object.assign(headers, { "X-CSRFToken": token(), "Content-Type": "application/x-www-form-urlencoded" });
  const wait = AbortSignal.timeout?.(20_000);
  const answer = await fetch(address, {
    method: body === undefined ? "GET" : "POST", body, headers, keepalive, redirect: "manual", cache: "no-store",
    signal: signal && wait && AbortSignal.any ? AbortSignal.any([signal, wait]) : (signal ?? wait),
  });
  // Signed out, or somebody else signed in: a redirect to the sign-in page, or a 403.
  return Object.assign(answer, { isSignedOut: answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403 });
}
