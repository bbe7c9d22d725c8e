export type DevUser = { user: string; name: string; roles: string[] };

/** The people of development mode; "absent" where the console's server has no tokens to give. */
export async function fetchDevUsers(signal: AbortSignal): Promise<DevUser[] | "absent"> {
  const answer = await fetch("/dev-sign-in/users", { signal });
  if (answer.status === 404) return "absent";
  if (!answer.ok) throw new Error(`list the users of development mode: HTTP ${answer.status}`);
  return answer.json();
}

export async function fetchDevToken(user: string): Promise<string> {
  const answer = await fetch(`/dev-sign-in/users/${encodeURIComponent(user)}`, { method: "POST" });
  if (!answer.ok) throw new Error(`fetch the token of ${user}: HTTP ${answer.status}`);
  return answer.text();
}
