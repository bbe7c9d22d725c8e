import { readdir } from "node:fs/promises";
import { join } from "node:path";

export type DevSignIn = { serves(path: string): boolean; respond(request: Request, url: URL): Promise<Response> };

const prefix = "/dev-sign-in/";
const fileName = /^([A-Za-z0-9._-]{1,100})\.jwt$/;
const loopback = ["localhost", "127.0.0.1", "[::1]"];
const noStore = { "cache-control": "no-store" };

/**
 * Development mode: `GET /dev-sign-in/users` lists the local users, `POST /dev-sign-in/users/<user>` hands out the token of one.
 * With no directory both are absent (404), and the page says that this console has no way to sign in yet.
 */
export function devSignIn(dir: string | undefined): DevSignIn {
  return {
    serves: (path) => path.startsWith(prefix),
    async respond(request, url) {
      if (dir === undefined) return new Response("not in development mode", { status: 404, headers: noStore });
      // A page of a stranger whose name was pointed at this machine must not read tokens.
      if (!loopback.includes(url.hostname)) return new Response("only from this machine", { status: 403 });
      const [users, user, ...rest] = url.pathname.slice(prefix.length).split("/");
      if (users !== "users" || rest.length > 0) return new Response("not found", { status: 404 });
      if (user === undefined && request.method === "GET")
        return Response.json(await listUsers(dir), { headers: noStore });
      if (user !== undefined && request.method === "POST") return tokenOf(dir, user);
      return new Response("method not allowed", { status: 405 });
    },
  };
}

async function listUsers(dir: string): Promise<{ user: string; name: string; roles: string[] }[]> {
  const files = (await readdir(dir)).filter((file) => fileName.test(file)).sort();
  return Promise.all(
    files.slice(0, 100).map(async (file) => {
      const claims = claimsOf(await Bun.file(join(dir, file)).text());
      return { user: file.replace(/\.jwt$/, ""), ...claims };
    }),
  );
}

async function tokenOf(dir: string, user: string): Promise<Response> {
  const file = Bun.file(join(dir, `${user}.jwt`));
  if (!fileName.test(`${user}.jwt`) || !(await file.exists())) return new Response("no such user", { status: 404 });
  return new Response((await file.text()).trim(), { headers: { ...noStore, "content-type": "application/jwt" } });
}

/** What the token says of its holder. It is shown, never trusted: the services verify the signature. */
function claimsOf(token: string): { name: string; roles: string[] } {
  const payload = token.trim().split(".")[1] ?? "";
  const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  if (typeof claims !== "object" || claims === null) return { name: "", roles: [] };
  const name = "name" in claims && typeof claims.name === "string" ? claims.name : "";
  const roles = "roles" in claims && Array.isArray(claims.roles) ? claims.roles.map(String) : [];
  return { name, roles };
}
