import { describe, expect, test } from "bun:test";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Code } from "@connectrpc/connect";
import { testDirectory } from "@dozor/testkit/test-directory";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { createLocalIssuer, createVerifier } from "./auth.ts";
import { toConnectError } from "./errors.ts";

const root = testDirectory("dozor-auth-");
let dirs = 0;
const freshDir = () => join(root, String(dirs++));

const anna = { subject: "u-1", name: "Анна", roles: ["analyst"] as const };

async function refusal(verification: Promise<unknown>): Promise<Code> {
  return await verification.then(
    () => {
      throw new Error("the token was accepted");
    },
    (error: unknown) => toConnectError(error).code,
  );
}

describe("access tokens", () => {
  test("say who calls, and only roles we know", async () => {
    const issuer = await createLocalIssuer({ dir: freshDir() });
    const verifier = createVerifier(issuer);
    expect(await verifier.verify(await issuer.issue(anna))).toEqual({
      subject: "u-1",
      name: "Анна",
      roles: ["analyst"],
    });
  });

  test("of another issuer, audience or key, and expired ones, are refused", async () => {
    const issuer = await createLocalIssuer({ dir: freshDir() });
    const token = await issuer.issue(anna);
    expect(await refusal(createVerifier({ ...issuer, issuer: "https://other" }).verify(token))).toBe(
      Code.Unauthenticated,
    );
    expect(await refusal(createVerifier({ ...issuer, audience: "other" }).verify(token))).toBe(Code.Unauthenticated);
    const stranger = await createLocalIssuer({ dir: freshDir() });
    expect(await refusal(createVerifier(issuer).verify(await stranger.issue(anna)))).toBe(Code.Unauthenticated);
    const expired = await issuer.issue({ ...anna, ttlS: -120 });
    expect(await refusal(createVerifier(issuer).verify(expired))).toBe(Code.Unauthenticated);
    const barelyExpired = await issuer.issue({ ...anna, ttlS: -30 });
    expect((await createVerifier(issuer).verify(barelyExpired)).subject).toBe("u-1");
  });

  test("signed with an algorithm that is not allowed are refused", async () => {
    const issuer = await createLocalIssuer({ dir: freshDir() });
    const secret = new TextEncoder().encode(await Bun.file(issuer.jwksFile).text());
    const forged = await new SignJWT({ name: "x", roles: ["operator"] })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuer(issuer.issuer)
      .setAudience(issuer.audience)
      .setSubject("x")
      .setExpirationTime("1h")
      .sign(secret);
    expect(await refusal(createVerifier(issuer).verify(forged))).toBe(Code.Unauthenticated);
    const none = `${btoa('{"alg":"none"}')}.${btoa('{"sub":"x"}')}.`;
    expect(await refusal(createVerifier(issuer).verify(none))).toBe(Code.Unauthenticated);
  });

  test("are accepted by a key that was added to the file later, and not by one that was removed", async () => {
    const issuer = await createLocalIssuer({ dir: freshDir() });
    const verifier = createVerifier({ ...issuer, algorithms: ["EdDSA", "ES256"] });
    const old = await issuer.issue(anna);
    expect((await verifier.verify(old)).subject).toBe("u-1");
    const { privateKey, publicKey } = await generateKeyPair("ES256");
    const key = { ...(await exportJWK(publicKey)), kid: "next", alg: "ES256" };
    writeFileSync(issuer.jwksFile, JSON.stringify({ keys: [key] }));
    const next = await new SignJWT({ realm: { roles: ["lead"] } })
      .setProtectedHeader({ alg: "ES256", kid: "next" })
      .setIssuer(issuer.issuer)
      .setAudience(issuer.audience)
      .setSubject("u-2")
      .setExpirationTime("1h")
      .sign(privateKey);
    expect((await verifier.verify(next)).subject).toBe("u-2");
    expect(await refusal(verifier.verify(await issuer.issue({ ...anna, subject: "u-3" })))).toBe(Code.Unauthenticated);
    expect((await createVerifier({ ...issuer, rolesClaim: "realm.roles" }).verify(next)).roles).toEqual(["lead"]);
  });

  test("of processes that share a directory share the key, which only the owner may read", async () => {
    const dir = freshDir();
    const [first, second] = await Promise.all([createLocalIssuer({ dir }), createLocalIssuer({ dir })]);
    const verifier = createVerifier(first);
    for (const issuer of [first, second]) expect((await verifier.verify(await issuer.issue(anna))).subject).toBe("u-1");
    expect(statSync(join(dir, "signing-key.json")).mode & 0o777).toBe(0o600);
    expect(await Bun.file(first.jwksFile).text()).not.toContain('"d"');
  });
});
