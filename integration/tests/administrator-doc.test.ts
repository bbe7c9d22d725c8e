import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { type DescService, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { DataQualityService } from "@dozor/proto/integration/v1/data_quality";
import { DeadLetterService } from "@dozor/proto/integration/v1/dead_letter";
import { IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { ReconciliationService } from "@dozor/proto/monitoring/v1/reconciliation";
import { HopState, TraceService } from "@dozor/proto/monitoring/v1/trace";
import { ReceiverService } from "@dozor/proto/registry/v1/receiver";

const text = readFileSync(new URL("../../docs/administrator.md", import.meta.url), "utf8");
const services: readonly DescService[] = [
  IntegrationQueueService,
  DeadLetterService,
  DataQualityService,
  TraceService,
  ReconciliationService,
  ReceiverService,
];
/** Names of services as the page's own shell keeps them. */
const variables = new Map(
  [...text.matchAll(/^(\w+)=(dozor\.\S+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
);
const printed = [...text.matchAll(/^ask \$(\w+) '(.+?)' (\S+)/gm)].map(([, whom = "", request = "", call = ""]) => {
  const [service = "", method = ""] = call
    .replace(/^\$(\w+)/, (whole, name) => variables.get(name) ?? whole)
    .split("/");
  return { whom, request, service, method };
});

test("the administrator's page prints calls", () => {
  expect(printed.length).toBeGreaterThan(10);
});

for (const { whom, request, service, method } of printed) {
  test(`the printed call of ${method} at ${whom} is a request of it: ${request}`, () => {
    const found = services.find(({ typeName }) => typeName === service)?.methods.find(({ name }) => name === method);
    if (found === undefined) throw new Error(`there is no ${service}/${method}`);
    // A field that does not exist is refused.
    const parsed: JsonValue = JSON.parse(request);
    expect(fromJson(found.input, parsed).$typeName).toBe(found.input.typeName);
  });
}

test("every call and every state that the page names in words exists", () => {
  const methods = new Set(services.flatMap((service) => service.methods.map(({ name }) => name)));
  const named = [...text.matchAll(/`([A-Z][a-z]+[A-Z]\w+)`/g)].flatMap(([, name = ""]) =>
    name.endsWith("Service") ? [] : [name],
  );
  expect(named.filter((name) => !methods.has(name))).toEqual([]);
  const states = [...text.matchAll(/`([A-Z]{5,})`/g)].flatMap(([, name = ""]) => [name]);
  expect(states.filter((name) => !(name in HopState))).toEqual([]);
});
