import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { VendorError } from "@dozor/runtime/vendor-http";
import { FocusRefusedError, konturFocus } from "./kontur-focus.ts";

const recorded = join(import.meta.dir, "../../../../../shared/data/kontur-focus");
const never = new AbortController().signal;

function focus(answer: (url: URL) => Response) {
  const asked: URL[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      asked.push(new URL(request.url));
      return answer(new URL(request.url));
    },
  });
  const client = konturFocus({ baseUrl: server.url.href, key: "K", timeoutMs: 2_000 });
  return { client, asked, [Symbol.asyncDispose]: () => server.stop(true) };
}

test.skipIf(!existsSync(recorded))("a recorded answer is read: a dissolved sole trader and a company", async () => {
  const body = await Bun.file(join(recorded, "req.json")).text();
  await using service = focus(() => new Response(body));
  const records = await service.client.req({ by: "inn", values: ["561100409545", "6663003127"] }, never);
  expect(records.map(({ inn, ogrn, dissolved }) => ({ inn, ogrn, dissolved }))).toEqual([
    { inn: "561100409545", ogrn: "309565808600188", dissolved: true },
    { inn: "6663003127", ogrn: "1026605606620", dissolved: false },
  ]);
  expect(service.asked[0]?.pathname).toBe("/api3/req");
  expect(service.asked[0]?.searchParams.get("inn")).toBe("561100409545,6663003127");
});

test.skipIf(!existsSync(recorded))("recorded details are read", async () => {
  const body = await Bun.file(join(recorded, "egrDetails.json")).text();
  await using service = focus(() => new Response(body));
  const kinships = await service.client.egrDetails({ by: "ogrn", values: ["1026605606620"] }, never);
  expect(kinships.map(({ inn }) => inn)).toEqual(["561100409545", "6663003127"]);
});

test("numbers that are all no good are simply not found", async () => {
  await using service = focus(() => new Response("inn/ogrn param is not specified", { status: 400 }));
  expect(await service.client.req({ by: "inn", values: ["5010010010"] }, never)).toEqual([]);
});

test("a bad key is a refusal that no repetition mends, and the key is in no message", async () => {
  await using service = focus(() => new Response("No valid key specified", { status: 403 }));
  const error = await service.client.req({ by: "inn", values: ["1"] }, never).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(FocusRefusedError);
  expect(String(error)).not.toContain("key=K");
});

test("too many requests say when to come again", async () => {
  await using service = focus(() => new Response("", { status: 429, headers: { "retry-after": "3" } }));
  const error = await service.client.req({ by: "inn", values: ["1"] }, never).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(VendorError);
  expect(error).toMatchObject({ status: 429, retryAfterMs: 3_000 });
});

for (const body of ["<html>", '{"error":1}', '[{"inn":"1"', '[{"inn":"1","inn":"2"}]']) {
  test(`the answer ${body} is a failure of the protocol and not an unknown company`, async () => {
    await using service = focus(() => new Response(body));
    const error = await service.client.req({ by: "inn", values: ["1"] }, never).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: "protocol" });
  });
}
