import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createLocalIssuer, type Role } from "@dozor/runtime/auth";
import { issueLocalTokens } from "../local-tokens.ts";
import { dozorHome } from "../repository.ts";
import { parseOptions, UsageError } from "../usage.ts";

const grantable = ["viewer", "analyst", "lead", "integration_admin", "operator"] as const satisfies readonly Role[];

/**
 * Prints a token of a person with the asked role, signed with the key of the local mesh whose data directory it is. `all` writes
 * the tokens of every local person and service there, with a new key where there is none: the set-up of containers.
 */
export async function token(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions("token", args, {
    data: { type: "string" },
    name: { type: "string" },
    ttl: { type: "string", default: "12h" },
  });
  const dataDir = values.data ? resolve(values.data) : join(dozorHome, "data");
  if (positionals[0] === "all") {
    await issueLocalTokens(dataDir);
    return 0;
  }
  const role = grantable.find((known) => known === positionals[0]);
  if (role === undefined) throw new UsageError(`token: name a role (${grantable.join(", ")}) or all`);
  const issuerDir = join(dataDir, "issuer");
  if (!existsSync(issuerDir)) throw new Error(`issue a token: ${issuerDir} has no key yet; ./dozor up makes it`);
  const issuer = await createLocalIssuer({ dir: issuerDir });
  const subject = values.name ?? role;
  console.log(await issuer.issue({ subject, name: subject, roles: [role], ttlS: seconds(values.ttl) }));
  return 0;
}

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

function seconds(text: string): number {
  const [, number, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const factor = unitSeconds[unit];
  if (factor === undefined) throw new UsageError(`--ttl must be a duration such as 30m or 12h, not ${text}`);
  return Number(number) * factor;
}
