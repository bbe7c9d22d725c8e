import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { YAML } from "bun";

type Container = {
  image: string;
  build?: { dockerfile: string; args?: Record<string, string> };
  command?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  ports?: string[];
  volumes?: string[];
};
const root = join(import.meta.dir, "..");
// The test reads nothing but the members named in the type, and fails where one is missing.
const compose = YAML.parse(readFileSync(join(root, "compose.yaml"), "utf8")) as {
  services: Record<string, Container>;
  volumes: Record<string, unknown>;
};
const containers = Object.entries(compose.services);
const services = ["registry", "tracking", "monitoring"];

test("two instances of each service run, and the three differ by an argument", () => {
  for (const service of services) {
    const instances = containers.filter(([name]) => name.startsWith(`${service}-`)).map(([, container]) => container);
    expect(instances).toHaveLength(2);
    for (const instance of instances) expect(instance.build?.args?.SERVICE).toBe(service);
  }
});

test("everything that stays up says when it is healthy", () => {
  const silent = containers.filter(([name, { healthcheck }]) => name !== "setup" && healthcheck === undefined);
  expect(silent.map(([name]) => name)).toEqual([]);
});

test("every file that a command, a health check or a volume names exists", () => {
  const words = containers.flatMap(([, { command = [], healthcheck, volumes = [] }]) => [
    ...command.flatMap((word) => word.split(" ")),
    ...(healthcheck?.test ?? []),
    ...volumes.map((volume) => volume.split(":")[0] ?? ""),
  ]);
  const files = words.filter((word) => /\.(ts|sh|conf)$/.test(word) && !word.startsWith("/"));
  expect(files.length).toBeGreaterThan(8);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  for (const service of services) expect(existsSync(join(root, "services", service, "src", "main.ts"))).toBe(true);
});

test("the image's build copies every workspace, so that the lock file fits", () => {
  const { workspaces }: { workspaces: string[] } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const dockerfile = readFileSync(join(root, "deploy", "Dockerfile"), "utf8");
  expect(workspaces.filter((workspace) => !dockerfile.includes(`COPY ${workspace}/package.json`))).toEqual([]);
});

test("containers wait only for containers that are there, and use volumes that are declared", () => {
  for (const [, { depends_on = {}, volumes = [] }] of containers) {
    expect(Object.keys(depends_on).filter((name) => !(name in compose.services))).toEqual([]);
    const named = volumes.map((volume) => volume.split(":")[0] ?? "").filter((name) => /^[a-z]+$/.test(name));
    expect(named.filter((name) => !(name in compose.volumes))).toEqual([]);
  }
});

test("ports are published on this machine only", () => {
  const published = containers.flatMap(([, { ports = [] }]) => ports);
  expect(published.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
});

test("what is not ours comes from official images with a version", () => {
  const foreign = containers.filter(([, { build }]) => build === undefined).map(([, { image }]) => image);
  expect(foreign.sort()).toEqual(["nats:2.15-alpine", "postgres:18"]);
});
