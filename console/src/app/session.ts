/**
 * Who works at this console: an access token and what it says of its holder. Where tokens come from is the affair of the
 * sign-in page; an identity provider will put its own here the same way.
 */
export type Person = { subject: string; name: string; roles: readonly string[] };
export type Session = { token: string; person: Person };

const storageKey = "dozor.token";
const listeners = new Set<() => void>();
let current = read();

export function currentSession(): Session | undefined {
  return current;
}

export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Kept for this tab only; a new tab asks again. */
export function startSession(token: string): void {
  sessionStorage.setItem(storageKey, token);
  change();
}

export function endSession(): void {
  sessionStorage.removeItem(storageKey);
  change();
}

function change(): void {
  current = read();
  for (const listener of listeners) listener();
}

function read(): Session | undefined {
  const token = sessionStorage.getItem(storageKey);
  const person = token === null ? undefined : holderOf(token);
  return token !== null && person ? { token, person } : undefined;
}

/** Shown and used to grey out buttons, never trusted: every service verifies the token itself. */
function holderOf(token: string): Person | undefined {
  try {
    const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
    const claims: Record<string, unknown> = JSON.parse(new TextDecoder().decode(bytes));
    const subject = typeof claims.sub === "string" ? claims.sub : "";
    const name = typeof claims.name === "string" ? claims.name : subject;
    const roles = Array.isArray(claims.roles) ? claims.roles.map(String) : [];
    return subject === "" ? undefined : { subject, name, roles };
  } catch {
    // Not a token of ours: the person signs in anew.
    return undefined;
  }
}
