// Who is calling. Access tokens are signed JWTs of the company's identity provider; development uses tokens of a local issuer through the same code.
// Promised: signature, issuer, audience, times and algorithm are checked before a token means anything. Not promised: that a token which was
// withdrawn before it expires is noticed.

import { chmod, link, mkdir, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ContextValues, createContextKey, type HandlerContext } from "@connectrpc/connect";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  SignJWT,
} from "jose";
import { unauthenticated } from "./errors.ts";

export const roles = ["viewer", "analyst", "lead", "integration_admin", "operator", "service"] as const;
export type Role = (typeof roles)[number];

/** `subject` is the stable id, `name` is what people read. */
export type Principal = { subject: string; name: string; roles: readonly Role[] };

/** Rejects with Unauthenticated. */
export type Verifier = { verify(token: string): Promise<Principal> };

export type VerifierOptions = {
  issuer: string;
  audience: string;
  /** One of the two: a file which is read again when it changes, or an https address. */
  jwksFile?: string | undefined;
  jwksUrl?: string | undefined;
  clockSkewS?: number;
  algorithms?: readonly string[];
  /** Where the roles are, such as "realm_access.roles". */
  rolesClaim?: string;
};

export function createVerifier(options: VerifierOptions): Verifier {
  const keys = keysOf(options);
  const skewS = options.clockSkewS ?? 60;
  const algorithms = [...(options.algorithms ?? ["EdDSA", "ES256", "RS256"])];
  // Checking a signature costs more than the rest of a small call, and a client sends the same token for minutes.
  const known = new Map<string, { principal: Principal; untilMs: number }>();
  return {
    async verify(token) {
      const hit = known.get(token);
      if (hit !== undefined && Date.now() < hit.untilMs) return hit.principal;
      known.delete(token);
      const payload = await verifiedPayload(token, keys, options, algorithms, skewS);
      const principal = principalFrom(payload, options.rolesClaim ?? "roles");
      if (known.size >= 1_000) known.clear();
      known.set(token, { principal, untilMs: Math.min(((payload.exp ?? 0) + skewS) * 1_000, Date.now() + 300_000) });
      return principal;
    },
  };
}

async function verifiedPayload(
  token: string,
  keys: JWTVerifyGetKey,
  { issuer, audience }: VerifierOptions,
  algorithms: string[],
  clockTolerance: number,
): Promise<JWTPayload> {
  try {
    const checks = { issuer, audience, algorithms, clockTolerance, requiredClaims: ["sub", "exp"] };
    return (await jwtVerify(token, keys, checks)).payload;
  } catch (error) {
    throw unauthenticated("the access token is not valid", error);
  }
}

function principalFrom(payload: JWTPayload, rolesClaim: string): Principal {
  const subject = payload.sub ?? "";
  const name = [payload.name, payload.preferred_username].find((value) => typeof value === "string");
  const claimed = rolesClaim
    .split(".")
    .reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], payload);
  const list: unknown[] = Array.isArray(claimed) ? claimed : [];
  return {
    subject,
    name: typeof name === "string" ? name : subject,
    roles: roles.filter((role) => list.includes(role)),
  };
}

function keysOf({ jwksFile, jwksUrl }: VerifierOptions): JWTVerifyGetKey {
  if (jwksFile !== undefined) return fileKeys(jwksFile);
  if (jwksUrl === undefined) throw new Error("verify access tokens: neither a JWKS file nor a JWKS address is given");
  const url = new URL(jwksUrl);
  if (url.protocol !== "https:" && url.hostname !== "127.0.0.1" && url.hostname !== "localhost") {
    throw new Error(`verify access tokens: the JWKS address ${url.origin} is not https`);
  }
  return createRemoteJWKSet(url, { timeoutDuration: 5_000, cooldownDuration: 10_000, cacheMaxAge: 600_000 });
}

function fileKeys(path: string): JWTVerifyGetKey {
  let readAtMs = 0;
  let keys: JWTVerifyGetKey | undefined;
  return async (header, token) => {
    const { mtimeMs } = await stat(path);
    if (keys === undefined || mtimeMs !== readAtMs) {
      keys = createLocalJWKSet(JSON.parse(await readFile(path, "utf8")) as JSONWebKeySet);
      readAtMs = mtimeMs;
    }
    return await keys(header, token);
  };
}

export type LocalIssuer = {
  issuer: string;
  audience: string;
  jwksFile: string;
  issue(claims: { subject: string; name: string; roles: readonly Role[]; ttlS?: number }): Promise<string>;
};

/** Signs tokens for development and tests with a key that stays in `dir`; processes which share the directory share the key. */
export async function createLocalIssuer(options: {
  dir: string;
  issuer?: string;
  audience?: string;
}): Promise<LocalIssuer> {
  const { dir, issuer = "https://dozor.local", audience = "dozor" } = options;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const key = await keptKey(join(dir, "signing-key.json"));
  const jwksFile = join(dir, "jwks.json");
  const { d: _secret, ...open } = key;
  await replaceFile(jwksFile, JSON.stringify({ keys: [open] }), 0o644);
  const signingKey = await importJWK(key, "EdDSA");
  return {
    issuer,
    audience,
    jwksFile,
    issue: ({ subject, name, roles, ttlS = 3_600 }) =>
      new SignJWT({ name, roles: [...roles] })
        .setProtectedHeader({ alg: "EdDSA", kid: key.kid ?? "local" })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1_000) + ttlS)
        .sign(signingKey),
  };
}

async function keptKey(path: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const fresh: JWK = { ...(await exportJWK(privateKey)), kid: crypto.randomUUID(), alg: "EdDSA", use: "sig" };
  const draft = `${path}.${crypto.randomUUID()}`;
  await writeFile(draft, JSON.stringify(fresh), { mode: 0o600 });
  try {
    // A link appears whole or not at all and never replaces, so that of two processes one wins.
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await unlink(draft);
  }
  await chmod(path, 0o600);
  return JSON.parse(await readFile(path, "utf8")) as JWK;
}

async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const draft = `${path}.${crypto.randomUUID()}`;
  await writeFile(draft, text, { mode });
  await rename(draft, path);
}

const principalKey = createContextKey<Principal | undefined>(undefined, { description: "principal" });

export function setPrincipal(values: ContextValues, principal: Principal): void {
  values.set(principalKey, principal);
}

/** Who called; Unauthenticated for a call which did not pass the server's own check. */
export function principalOf(context: HandlerContext): Principal {
  const principal = context.values.get(principalKey);
  if (principal === undefined) throw unauthenticated("this call needs an access token");
  return principal;
}
