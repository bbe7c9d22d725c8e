import { expect, setDefaultTimeout, test } from "bun:test";
import { start as startOnec } from "@dozor/simulators/onec/server";
import { createWorld } from "@dozor/simulators/world/world";
import { eventually } from "@dozor/testkit/eventually";
import { noon, startRegistry } from "./harness.ts";
import { assetItem, contractItem, guid, nomenclatureItem, scriptedOnec } from "./scripted-onec.ts";

// A poll that is interrupted waits for seconds before it goes on.
setDefaultTimeout(60_000);

test("two instances that poll at once never call the source twice at once, and store everything once", async () => {
  const world = createWorld({ seed: 3, assets: 200, now: noon.toISOString() });
  await using onec = await startOnec({ world, clock: "fixed", firstAnswerMs: 50 });
  const source = { adapter: "1c-http" as const, baseUrl: `${onec.url}/leasing/hs/dozor/v1`, limit: 100 };
  await using registry = await startRegistry({ sources: [source], instances: 2 });
  await Promise.all(registry.services.map((service) => service.runNow("poll-1c")));
  const answer = await fetch(`${onec.url}/_admin/state`);
  const { concurrencyViolations } = (await answer.json()) as { concurrencyViolations: number };
  expect(concurrencyViolations).toBe(0);
  const [state] = (await registry.source().listSources({})).sources;
  const { received, saved, unchanged, quarantined, ignored } = state?.totals ?? {};
  expect((saved ?? 0n) + (unchanged ?? 0n) + (quarantined ?? 0n) + (ignored ?? 0n)).toBe(received ?? -1n);
});

test("when the acknowledgement is lost nothing else is: all comes again and changes nothing", async () => {
  const onec = scriptedOnec();
  await using registry = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  onec.waiting = [nomenclatureItem(100), contractItem(200), assetItem(1)];
  onec.insteadOfAcknowledgement = [() => new Response("обрыв", { status: 502 })];
  const { lastError, totals } = await registry.poll();
  expect([lastError, onec.acknowledgements.length]).toEqual(["", 1]);
  expect(totals).toMatchObject({ received: 6n, saved: 3n, unchanged: 3n, acknowledged: 3n });
  expect((await registry.snapshots()).get(guid(1))?.version).toBe(1n);
});

test("a holder whose job was taken over commits nothing and acknowledges nothing", async () => {
  const onec = scriptedOnec();
  await using registry = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  onec.waiting = [assetItem(1)];
  const answering = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  onec.instead = [
    async (answer) => {
      answering.resolve();
      await goOn.promise;
      return answer();
    },
  ];
  const polling = registry.service.runNow("poll-1c").catch((error: unknown) => error);
  await answering.promise;
  await registry.sql`update runtime.job set epoch = epoch + 1 where name = 'poll-1c'`;
  goOn.resolve();
  expect(String(await polling)).toContain("Stale");
  expect(onec.acknowledgements).toEqual([]);
  expect(await registry.sql`select 1 from asset`).toHaveLength(0);
});

test("while one call is in flight another instance does not begin one, even with a lease", async () => {
  const onec = scriptedOnec();
  await using registry = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  await registry.database.withAdvisoryLock("registry source 1c", async () => {
    onec.waiting = [assetItem(1)];
    const polling = registry.service.runNow("poll-1c").catch((error: unknown) => error);
    expect(String(await polling)).toContain("another instance has a call in flight");
    expect(onec.acknowledgements).toEqual([]);
  });
  await registry.service.runNow("poll-1c");
  await eventually("the acknowledgement", () => onec.acknowledgements.length === 1);
});

test("what follows a poll runs once for a poll that was asked for", async () => {
  const onec = scriptedOnec();
  await using registry = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  const runs = async () => {
    const [job] = await registry.sql<{ epoch: number }[]>`
      select epoch::int as epoch from runtime.job where name = 'find-source-conflicts'`;
    return job?.epoch ?? 0;
  };
  onec.waiting = [assetItem(1)];
  const before = await runs();
  await registry.poll();
  expect(await runs()).toBe(before + 1);
  await registry.poll();
  expect(await runs()).toBe(before + 2);
});
