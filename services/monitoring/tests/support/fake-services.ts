import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { AssetSnapshot } from "@dozor/proto/registry/v1/events";
import {
  RegistryService,
  type TraceEntityRequest,
  type TraceEntityResponseSchema,
} from "@dozor/proto/registry/v1/registry";
import { type AssetFacts, AssetFactsSchema } from "@dozor/proto/tracking/v1/facts";
import {
  type GetAssetTrackingRequest,
  type ListDirectoryEntriesRequest,
  TrackingService,
} from "@dozor/proto/tracking/v1/tracking";
import { type GetZoneRequest, ZoneService } from "@dozor/proto/tracking/v1/zone";
import type { Verifier } from "@dozor/runtime/auth";
import { silentLog } from "@dozor/runtime/log";
import { startServer } from "@dozor/runtime/server";
import { freePort } from "@dozor/testkit/free-port";

/** Registry and tracking as monitoring calls them, answering from tables. */
export type FakeServices = AsyncDisposable & {
  url: string;
  registryAssets: Map<string, AssetSnapshot>;
  tracked: Map<string, AssetFacts>;
  zones: Map<string, { name: string; archived: boolean }>;
  /** What registry traces, by entity id. */
  traces: Map<string, MessageInitShape<typeof TraceEntityResponseSchema>>;
  /** Versions in tracking's directory, by asset id. */
  directory: Map<string, bigint>;
};

export async function startFakeServices(verifier: Verifier): Promise<FakeServices> {
  const tables = {
    registryAssets: new Map<string, AssetSnapshot>(),
    tracked: new Map<string, AssetFacts>(),
    zones: new Map<string, { name: string; archived: boolean }>(),
    traces: new Map<string, MessageInitShape<typeof TraceEntityResponseSchema>>(),
    directory: new Map<string, bigint>(),
  };
  const absent = (what: string) => new ConnectError(`${what} does not exist`, Code.NotFound);
  const registry = {
    traceEntity({ entityId }: TraceEntityRequest) {
      const trace = tables.traces.get(entityId);
      if (trace === undefined) throw absent(`entity ${entityId}`);
      return trace;
    },
    getDigest: () => digestOf([...tables.registryAssets.values()]),
    async *listAssetSnapshots({ range }: { range?: number }) {
      yield { snapshots: sorted([...tables.registryAssets.values()]).filter((each) => rangeOf(each) === range) };
    },
  };
  const tracking = {
    listDirectoryEntries: ({ assetIds }: ListDirectoryEntriesRequest) => ({
      entries: assetIds.flatMap((assetId) => {
        const version = tables.directory.get(assetId);
        return version === undefined ? [] : [{ assetId, version }];
      }),
    }),
    getAssetTracking({ assetId }: GetAssetTrackingRequest) {
      const facts = tables.tracked.get(assetId);
      if (facts === undefined) throw absent(`asset ${assetId}`);
      return { facts: create(AssetFactsSchema, facts) };
    },
  };
  const zone = {
    getZone({ zoneId }: GetZoneRequest) {
      const found = tables.zones.get(zoneId);
      if (found === undefined) throw absent(`zone ${zoneId}`);
      return { zone: { zoneId, ...found } };
    },
    listRegions: () => ({ regions: [{ code: "RU-OMS" }, { code: "RU-CE" }, { code: "NCFD" }] }),
  };
  const server = await startServer({
    grpcPort: await freePort(),
    httpPort: await freePort(),
    routes: [
      { service: RegistryService, implementation: registry, access: "open" },
      { service: TrackingService, implementation: tracking, access: "open" },
      { service: ZoneService, implementation: zone, access: "open" },
    ],
    verifier,
    log: silentLog,
    isReady: () => true,
  });
  return { ...tables, url: server.grpcUrl, [Symbol.asyncDispose]: () => server.stop() };
}

function sorted(snapshots: readonly AssetSnapshot[]): AssetSnapshot[] {
  return snapshots.toSorted((a, b) => (a.assetId < b.assetId ? -1 : 1));
}

function rangeOf({ assetId }: AssetSnapshot): number {
  return Number.parseInt(assetId.slice(0, 2), 16);
}

function digestOf(snapshots: readonly AssetSnapshot[]) {
  const byRange = Map.groupBy(sorted(snapshots), rangeOf);
  const ranges = Array.from({ length: 256 }, (_, range) => {
    const members = byRange.get(range) ?? [];
    const lines = members.map(
      (each) => `${each.assetId}:${each.version}:${Buffer.from(each.contentHash).toString("hex")}\n`,
    );
    const hash = new Bun.CryptoHasher("sha256").update(lines.join("")).digest();
    return { range, assetCount: BigInt(members.length), hash };
  });
  return { ranges, assetCount: BigInt(snapshots.length) };
}
