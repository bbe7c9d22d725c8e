import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalIssuer, createVerifier, type Role, type Verifier } from "@dozor/runtime/auth";

export type TestIssuer = AsyncDisposable & {
  issuer: string;
  audience: string;
  jwksFile: string;
  verifier: Verifier;
  /** A signed token of a person or service with these roles; the subject is `test-<first role>` unless given. */
  token(roles: Role | readonly Role[], subject?: string): Promise<string>;
};

/** A token issuer with keys of its own in a temporary directory. */
export async function testIssuer(): Promise<TestIssuer> {
  const dir = await mkdtemp(join(tmpdir(), "dozor-issuer-"));
  const local = await createLocalIssuer({ dir });
  const { issuer, audience, jwksFile } = local;
  return {
    issuer,
    audience,
    jwksFile,
    verifier: createVerifier({ issuer, audience, jwksFile }),
    token(roles, subject) {
      const list = typeof roles === "string" ? [roles] : roles;
      const name = subject ?? `test-${list[0] ?? "nobody"}`;
      return local.issue({ subject: name, name, roles: list, ttlS: 3600 });
    },
    async [Symbol.asyncDispose]() {
      await rm(dir, { recursive: true, force: true });
    },
  };
}
