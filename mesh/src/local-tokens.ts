import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLocalIssuer, type LocalIssuer } from "@dozor/runtime/auth";
import { localPeople } from "./local-people.ts";
import { type ServiceName, serviceNames } from "./ports.ts";

const ttlS = 30 * 24 * 3600;

export type LocalTokens = {
  issuer: LocalIssuer;
  /** `<subject>.jwt` of each person; the console offers them at sign-in. */
  peopleDir: string;
  serviceTokenFile(service: ServiceName): string;
  /** A token of the mesh itself, which may start polls and runs. */
  meshToken: string;
};

/** Signs the tokens of a mesh on one machine and keeps them, and the key they are signed with, in the data directory. */
export async function issueLocalTokens(dataDir: string): Promise<LocalTokens> {
  const issuer = await createLocalIssuer({ dir: join(dataDir, "issuer") });
  const peopleDir = join(dataDir, "tokens");
  const servicesDir = join(dataDir, "service-tokens");
  for (const dir of [peopleDir, servicesDir]) mkdirSync(dir, { recursive: true, mode: 0o700 });
  const keep = (file: string, token: string) => writeFileSync(file, token, { mode: 0o600 });
  for (const person of localPeople) {
    keep(join(peopleDir, `${person.subject}.jwt`), await issuer.issue({ ...person, ttlS }));
  }
  const serviceTokenFile = (service: ServiceName) => join(servicesDir, `${service}.jwt`);
  for (const service of serviceNames) {
    keep(serviceTokenFile(service), await issuer.issue({ subject: service, name: service, roles: ["service"], ttlS }));
  }
  const meshToken = await issuer.issue({
    subject: "mesh",
    name: "./dozor up",
    roles: ["operator", "integration_admin", "lead", "analyst"],
    ttlS,
  });
  return { issuer, peopleDir, serviceTokenFile, meshToken };
}
