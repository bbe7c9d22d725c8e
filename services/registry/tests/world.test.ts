import { expect, setDefaultTimeout, test } from "bun:test";
import { ContractStatus, CounterpartyIdentity, NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import type { AssetSnapshot } from "@dozor/proto/registry/v1/events";
import { start as startKonturFocus } from "@dozor/simulators/kontur-focus/server";
import { start as startOnec } from "@dozor/simulators/onec/server";
import { computeTruth } from "@dozor/simulators/world/truth/truth";
import { createWorld } from "@dozor/simulators/world/world";
import { noon, startRegistry } from "./harness.ts";

// A poll that is interrupted waits for seconds before it goes on.
setDefaultTimeout(60_000);

const ways = [
  { adapter: "1c-http", path: "hs/dozor/v1", format: "json" },
  { adapter: "1c-odata", path: "odata/standard.odata", format: "atom" },
  { adapter: "1c-odata", path: "odata/standard.odata", format: "json" },
] as const;

for (const { adapter, path, format } of ways) {
  test(`a whole dirty world comes through ${adapter} (${format}) as its truth says`, async () => {
    const world = createWorld({ seed: 7, assets: 600, now: noon.toISOString() });
    await using onec = await startOnec({ world, clock: "fixed", firstAnswerMs: 0, packetSize: 500 });
    await using focus = await startKonturFocus({ world, clock: "fixed" });
    await using registry = await startRegistry({
      sources: [{ adapter, format, baseUrl: `${onec.url}/leasing/${path}` }],
      kontur: { baseUrl: focus.url },
    });
    const state = await registry.poll();
    expect(state.lastError).toBe("");
    const { received = 0n, saved = 0n, unchanged = 0n, quarantined = 0n, ignored = 0n } = state.totals ?? {};
    expect(saved + unchanged + quarantined + ignored).toBe(received);

    const truth = await computeTruth(world);
    const snapshots = await registry.snapshots();
    const watched = truth.watched.filter((id) => isWatched(snapshots.get(id), truth.businessDate));
    expect(watched.length).toBe(truth.watched.length);
    const extra = [...snapshots.values()].filter((each) => isWatched(each, truth.businessDate));
    expect(extra.length).toBe(truth.watched.length);
    const violating = (isViolated: (snapshot: AssetSnapshot) => boolean) =>
      truth.watched.filter((id) => {
        const snapshot = snapshots.get(id);
        return snapshot !== undefined && isViolated(snapshot);
      });
    const { counterparty_dissolved_or_bankrupt: gone, inn_ogrn_disagree: disagree } = truth.expected;
    expect(violating(({ lessee }) => lessee?.dissolved === true || lessee?.bankrupting === true)).toEqual(
      gone.violated,
    );
    expect(violating(({ lessee }) => disagreeing.has(lessee?.identity ?? 0))).toEqual(disagree.violated);
    expect(disagree.violated.length).toBeGreaterThan(0);
  });
}

const disagreeing = new Set([CounterpartyIdentity.CONFLICT, CounterpartyIdentity.PREDECESSOR_OR_SUCCESSOR]);
const watchedKinds = new Set([
  NomenclatureKind.PASSENGER_CAR,
  NomenclatureKind.TRUCK,
  NomenclatureKind.BUS,
  NomenclatureKind.TRAILER,
  NomenclatureKind.SPECIAL_MACHINE,
  NomenclatureKind.MOTORCYCLE,
]);

/** The rule of watching, as monitoring applies it to a snapshot. */
function isWatched(snapshot: AssetSnapshot | undefined, date: string): boolean {
  const contract = snapshot?.contract;
  if (snapshot === undefined || contract === undefined || snapshot.deleted || contract.deleted) return false;
  if (!watchedKinds.has(snapshot.nomenclature?.kind ?? 0) || contract.status !== ContractStatus.ACTIVE) return false;
  const isInForce = contract.startDate <= date && (contract.endDate === "" || date <= contract.endDate);
  return isInForce && (contract.returnDate === "" || contract.returnDate > date);
}
