import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Source, SourceSchema } from "@dozor/proto/registry/v1/source";
import type { Queryable } from "@dozor/runtime/database";
import type { RegistryContext } from "../../context.ts";
import { readSourceStates, type SourceStateRow } from "../../store/source-state.ts";

/** The configured sources with what their polls left in the database, by name. */
export async function readSourceMessages(sql: Queryable, sources: RegistryContext["sources"]): Promise<Source[]> {
  const states = await readSourceStates(sql);
  return [...sources.values()]
    .map(({ source }) => sourceMessage(source.name, source.adapter, states.get(source.name)))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function sourceMessage(name: string, adapter: string, state: SourceStateRow | undefined): Source {
  if (state === undefined) return create(SourceSchema, { name, adapter });
  const { lastStartedAt, lastSuccessAt, lastError } = state;
  return create(SourceSchema, {
    name,
    adapter,
    healthy: lastError === "" && lastSuccessAt !== null,
    lastError,
    ...(lastStartedAt === null ? {} : { lastStartedAt: timestampFromDate(lastStartedAt) }),
    ...(lastSuccessAt === null ? {} : { lastSuccessAt: timestampFromDate(lastSuccessAt) }),
    totals: {
      received: BigInt(state.received),
      saved: BigInt(state.saved),
      unchanged: BigInt(state.unchanged),
      quarantined: BigInt(state.quarantined),
      ignored: BigInt(state.ignored),
      acknowledged: BigInt(state.acknowledged),
      packets: BigInt(state.packets),
    },
  });
}
