import type { HandlerContext } from "@connectrpc/connect";

export const roles = ["viewer", "analyst", "lead", "integration_admin", "operator", "service"] as const;
export type Role = (typeof roles)[number];
export type Principal = { subject: string; name: string; roles: readonly Role[] };
export type Verifier = { verify(token: string): Promise<Principal> };
export function createVerifier(_options: {
  issuer: string;
  audience: string;
  jwksFile?: string;
  jwksUrl?: string;
  clockSkewS?: number;
  algorithms?: readonly string[];
}): Verifier {
  throw new Error("not built yet");
}
export type LocalIssuer = {
  issuer: string;
  audience: string;
  jwksFile: string;
  issue(claims: { subject: string; name: string; roles: readonly Role[]; ttlS?: number }): Promise<string>;
};
export async function createLocalIssuer(_options: {
  dir: string;
  issuer?: string;
  audience?: string;
}): Promise<LocalIssuer> {
  throw new Error("not built yet");
}
export function principalOf(_context: HandlerContext): Principal {
  throw new Error("not built yet");
}
