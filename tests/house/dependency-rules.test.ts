import { beforeAll, expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { testDirectory } from "@dozor/testkit/test-directory";

const repository = resolve(import.meta.dir, "../..");

/** One injected violation of each rule: the file that breaks it, and its import. */
const violations: Record<string, { file: string; imports: string }> = {
  "no-cycles": { file: "runtime/src/cycle-a.ts", imports: "./cycle-b.ts" },
  "proto-is-a-leaf": { file: "proto/leaf.ts", imports: "../runtime/src/clock.ts" },
  "runtime-knows-no-service": { file: "runtime/src/knows.ts", imports: "../../services/registry/src/config.ts" },
  "integration-knows-no-service": {
    file: "integration/src/knows.ts",
    imports: "../../services/registry/src/config.ts",
  },
  "services-meet-in-proto": {
    file: "services/tracking/src/rpc/neighbour.ts",
    imports: "../../../registry/src/store/assets.ts",
  },
  "registry-calls-nobody": {
    file: "services/registry/src/jobs/calls.ts",
    imports: "../../../../proto/gen/dozor/tracking/v1/tracking_pb.ts",
  },
  "tracking-only-hears-registry": {
    file: "services/tracking/src/jobs/asks.ts",
    imports: "../../../../proto/gen/dozor/registry/v1/registry_pb.ts",
  },
  "console-knows-only-proto": { file: "console/src/back-door.ts", imports: "../../runtime/src/clock.ts" },
  "simulators-stand-alone": { file: "simulators/onec/shares.ts", imports: "../../runtime/src/clock.ts" },
  "test-code-stays-in-tests": { file: "runtime/src/ships-tests.ts", imports: "./clock.test.ts" },
  "bench-measures-what-is-shared": { file: "bench/knows.ts", imports: "../services/registry/src/config.ts" },
  "nobody-imports-bench": { file: "mesh/measures.ts", imports: "../bench/outbox.ts" },
  "domain-is-pure": { file: "services/registry/src/domain/impure.ts", imports: "postgres" },
  "store-knows-domain-only": { file: "services/registry/src/store/upward.ts", imports: "../rpc/get-asset.ts" },
  "clients-know-no-store": { file: "services/registry/src/clients/stores.ts", imports: "../store/assets.ts" },
  "entry-points-do-not-call-each-other": {
    file: "services/registry/src/jobs/sideways.ts",
    imports: "../rpc/get-asset.ts",
  },
  "one-composition-root": { file: "services/registry/src/rpc/second-root.ts", imports: "../service.ts" },
  "declared-packages-only": { file: "runtime/src/undeclared.ts", imports: "a-package-that-nobody-declared" },
};

const bystanders: Record<string, string> = {
  "runtime/src/cycle-b.ts": `import "./cycle-a.ts";\n`,
  "runtime/src/clock.ts": "export const clock = 1;\n",
  "runtime/src/clock.test.ts": "export const promise = 1;\n",
  "services/registry/src/config.ts": "export const config = 1;\n",
  "services/registry/src/service.ts": "export const service = 1;\n",
  "services/registry/src/store/assets.ts": "export const assets = 1;\n",
  "services/registry/src/rpc/get-asset.ts": "export const getAsset = 1;\n",
  "bench/outbox.ts": "export const outbox = 1;\n",
  "proto/gen/dozor/tracking/v1/tracking_pb.ts": "export const tracking = 1;\n",
  "proto/gen/dozor/registry/v1/registry_pb.ts": "export const registry = 1;\n",
  "tsconfig.json": `{ "compilerOptions": { "allowImportingTsExtensions": true, "noEmit": true } }\n`,
  "package.json": `{ "name": "violations", "type": "module" }\n`,
};

const tree = testDirectory("dozor-rules-");
let fired: Map<string, string[]>;

beforeAll(async () => {
  for (const [file, text] of Object.entries(bystanders)) await write(file, text);
  for (const { file, imports } of Object.values(violations)) await write(file, `import ${JSON.stringify(imports)};\n`);
  fired = await cruise();
});

for (const [rule, { file, imports }] of Object.entries(violations)) {
  test(`${rule} refuses ${file} importing ${imports}`, () => {
    expect(fired.get(rule) ?? []).toContain(file);
  });
}

test("every rule of the configuration is shown to fire", async () => {
  const { default: configuration } = await import(join(repository, ".dependency-cruiser.cjs"));
  const names = configuration.forbidden.map((rule: { name: string }) => rule.name);
  expect(Object.keys(violations).toSorted()).toEqual(names.toSorted());
});

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(tree, file)), { recursive: true });
  await writeFile(join(tree, file), text);
}

/** Rule name -> files that broke it. */
async function cruise(): Promise<Map<string, string[]>> {
  const command = [
    process.execPath,
    "--bun",
    join(repository, "node_modules/.bin/depcruise"),
    "--config",
    join(repository, ".dependency-cruiser.cjs"),
    "--output-type",
    "json",
    "proto",
    "runtime",
    "integration",
    "services",
    "simulators",
    "console",
    "mesh",
    "bench",
  ];
  const child = Bun.spawn(command, { cwd: tree, stdout: "pipe", stderr: "pipe" });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  await child.exited;
  if (!output.startsWith("{")) throw new Error(`run dependency-cruiser on ${tree}: ${errors}`);
  const report: { summary: { violations: { from: string; rule: { name: string } }[] } } = JSON.parse(output);
  const byRule = new Map<string, string[]>();
  for (const { from, rule } of report.summary.violations) {
    byRule.set(rule.name, [...(byRule.get(rule.name) ?? []), from]);
  }
  return byRule;
}
