import type { Queryable } from "@dozor/runtime/database";

/** The numbers are those of the table. */
export const findingStates = { open: 1, settled: 2, gone: 3 } as const;

/** `resolution` is 0 unless it is settled. */
export type Finding = {
  id: string;
  rule: string;
  entityKind: string;
  entityId: string;
  source: string;
  evidence: unknown;
  state: number;
  owner: string;
  resolution: number;
  reason: string;
  settledBy: string;
  settledAt: Date | null;
  foundAt: Date;
  goneAt: Date | null;
  version: number;
  ageSeconds: number;
};

export const findingColumns = (sql: Queryable) => sql`
  id, rule, entity_kind as "entityKind", entity_id as "entityId", source, evidence, state, owner, resolution, reason, settled_by as "settledBy",
  settled_at as "settledAt", found_at as "foundAt", gone_at as "goneAt", version,
  extract(epoch from coalesce(gone_at, now()) - found_at)::double precision as "ageSeconds"`;
