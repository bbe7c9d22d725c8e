import { expect, test } from "bun:test";
import { portBaseDefault, portPlan, portsOf, requireFreePorts } from "./ports.ts";

test("the default ports are those of the design", () => {
  const plan = portPlan(portBaseDefault, 2);
  expect(plan.console).toBe(15100);
  expect(plan.services.registry).toEqual([
    { grpc: 15110, http: 15111, probe: 15112 },
    { grpc: 15210, http: 15211, probe: 15212 },
  ]);
  expect(plan.services.monitoring[1]).toEqual({ grpc: 15230, http: 15231, probe: 15232 });
  expect([plan.nats, plan.natsMonitor, plan.postgres, plan.onec, plan.xkeeper]).toEqual([
    15140, 15141, 15150, 15160, 15162,
  ]);
});

test("no two parts of the mesh share a port", () => {
  const ports = portsOf(portPlan(20_000, 3));
  expect(new Set(ports).size).toBe(ports.length);
});

test("a base whose ports would meet outgoing connections is refused", () => {
  expect(() => portPlan(32_700, 2)).toThrow(/between 1024 and 32767/);
});

test("a taken port is named before anything starts", async () => {
  using taken = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const port = taken.port ?? 0;
  expect(requireFreePorts([port])).rejects.toThrow(`port ${port} is taken`);
});
