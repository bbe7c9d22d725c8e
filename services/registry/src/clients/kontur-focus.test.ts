import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type FocusMethod, type FocusQuestion, FocusRefusedError, konturFocus } from "./kontur-focus.ts";

const recorded = join(import.meta.dir, "../../../../../shared/data/kontur-focus");
const spent: string[] = [];
const question = (method: FocusMethod, by: "inn" | "ogrn", ...numbers: string[]): FocusQuestion => ({
  method,
  by,
  numbers,
  spend: async () => void spent.push(method),
  signal: new AbortController().signal,
});

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
  return { client, url: server.url.href, asked, [Symbol.asyncDispose]: () => server.stop(true) };
}

test.skipIf(!existsSync(recorded))("a recorded answer is read: a dissolved sole trader and a company", async () => {
  const body = await Bun.file(join(recorded, "req.json")).text();
  await using service = focus(() => new Response(body));
  const records = await service.client.ask(question("req", "inn", "561100409545", "6663003127"));
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
  const records = await service.client.ask(question("egrDetails", "ogrn", "1026605606620"));
  expect(records.map(({ inn }) => inn)).toEqual(["561100409545", "6663003127"]);
});

test("numbers that are all no good are simply not found", async () => {
  await using service = focus(() => new Response("inn/ogrn param is not specified", { status: 400 }));
  expect(await service.client.ask(question("req", "inn", "5010010010"))).toEqual([]);
});

test("a bad key is a refusal that no repetition mends, and the key is in no message", async () => {
  await using service = focus(() => new Response("No valid key specified", { status: 403 }));
  const error = await service.client.ask(question("req", "inn", "1")).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(FocusRefusedError);
  expect(String(error)).not.toContain("key=K");
});

test("a busy service is asked again when it said, and every call is counted", async () => {
  let calls = 0;
  spent.length = 0;
  await using service = focus(() => {
    calls += 1;
    return calls === 1 ? new Response("", { status: 429, headers: { "retry-after": "0" } }) : Response.json([]);
  });
  expect(await service.client.ask(question("req", "inn", "1"))).toEqual([]);
  expect(spent).toEqual(["req", "req"]);
});

for (const body of ["<html>", '[{"inn":"1","inn":"2"}]']) {
  test(`the answer ${body} is a failure of the protocol and not an unknown company`, async () => {
    await using service = focus(() => new Response(body));
    const client = konturFocus({ baseUrl: service.url, key: "K", timeoutMs: 2_000, retryDelayMs: 0 });
    const error = await client.ask(question("req", "inn", "1")).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: "protocol" });
  });
}
