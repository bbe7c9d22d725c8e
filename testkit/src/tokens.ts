import { createLocalIssuer, createVerifier, type Role, type Verifier } from "@dozor/runtime/auth";
import { temporaryDirectory } from "./temporary-directory.ts";

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
  const dir = temporaryDirectory("dozor-issuer-", 0o700);
  const local = await createLocalIssuer({ dir: dir.path });
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
      dir[Symbol.dispose]();
    },
  };
}
