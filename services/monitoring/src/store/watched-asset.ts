import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import type { ScopeSubject } from "../domain/scope.ts";
import type { WatchSubject } from "../domain/watch-rule.ts";
import { jsonRows } from "./json-rows.ts";

/** What the watch rule and a scope ask of an asset. */
export type PlannedAsset = {
  assetId: string;
  handoverDate: string | undefined;
  watch: WatchSubject;
  scope: ScopeSubject;
};

type WatchRow = {
  asset_id: string;
  deleted: boolean;
  kind: string | null;
  contract_id: string | null;
  contract_deleted: boolean;
  contract_status: string | null;
  start_date: string | null;
  end_date: string | null;
  return_date: string | null;
  handover_date: string | null;
  lessor_id: string | null;
  lessee_id: string | null;
  agreed_region: string;
};

/** The next assets in id order after one, or from the first. */
export async function listPlannedAssets(
  sql: Queryable,
  after: string | undefined,
  limit: number,
): Promise<PlannedAsset[]> {
  const rows = await statement(
    "asset.list_planned",
    sql<WatchRow[]>`
    select asset_id, deleted, kind, contract_id, contract_deleted, contract_status, start_date, end_date, return_date, handover_date,
      lessor_id, lessee_id, agreed_region
    from asset ${after === undefined ? sql`` : sql`where asset_id > ${after}`}
    order by asset_id limit ${limit}`,
  );
  return rows.map(plannedAsset);
}

/** Assets whose reason may have changed by the passing of days or by a newer rule, locked until the transaction ends. */
export async function lockAssetsToRecheck(
  tx: Tx,
  date: string,
  ruleVersion: number,
  limit: number,
): Promise<PlannedAsset[]> {
  // Two limited questions, each answered by its own index, instead of one condition that reads the whole table when nothing is due.
  const rows = await tx<WatchRow[]>`
    select asset_id, deleted, kind, contract_id, contract_deleted, contract_status, start_date, end_date, return_date, handover_date,
      lessor_id, lessee_id, agreed_region
    from asset where asset_id in (
      (select asset_id from asset where watch_recheck_on <= ${date} order by watch_recheck_on limit ${limit})
      union
      (select asset_id from asset where watch_rule_version < ${ruleVersion} order by watch_rule_version limit ${limit})
    )
    order by asset_id for no key update`;
  return rows.map(plannedAsset);
}

function plannedAsset(row: WatchRow): PlannedAsset {
  return {
    assetId: row.asset_id,
    handoverDate: row.handover_date ?? undefined,
    watch: {
      deleted: row.deleted,
      kind: row.kind ?? undefined,
      contract:
        row.contract_id === null
          ? undefined
          : {
              deleted: row.contract_deleted,
              status: row.contract_status ?? "unspecified",
              startDate: row.start_date ?? undefined,
              endDate: row.end_date ?? undefined,
              returnDate: row.return_date ?? undefined,
            },
    },
    scope: {
      kind: row.kind ?? undefined,
      lessorId: row.lessor_id ?? undefined,
      lesseeId: row.lessee_id ?? undefined,
      agreedRegion: row.agreed_region,
    },
  };
}

export type WatchUpdate = {
  assetId: string;
  watchReason: string;
  watchRecheckOn: string | undefined;
  watchRuleVersion: number;
};

export async function updateWatched(tx: Tx, updates: readonly WatchUpdate[]): Promise<void> {
  const rows = updates.map((each) => ({
    asset_id: each.assetId,
    watch_reason: each.watchReason,
    watch_recheck_on: each.watchRecheckOn,
    watch_rule_version: each.watchRuleVersion,
  }));
  await tx`
    update asset a set watch_reason = row.watch_reason, watch_recheck_on = row.watch_recheck_on, watch_rule_version = row.watch_rule_version
    from jsonb_to_recordset(${jsonRows(tx, rows)}) as row (
      asset_id uuid, watch_reason text, watch_recheck_on date, watch_rule_version bigint
    )
    where a.asset_id = row.asset_id`;
}

export type WatchedAssetRow = {
  payload: Uint8Array;
  watched: boolean;
  watchReason: string;
  appliedAt: Date;
  scope: ScopeSubject;
};

export async function readWatchedAsset(sql: Queryable, assetId: string): Promise<WatchedAssetRow | undefined> {
  const [row] = await sql<
    (Pick<WatchRow, "kind" | "lessor_id" | "lessee_id" | "agreed_region"> & {
      payload: Uint8Array;
      watched: boolean;
      watch_reason: string;
      applied_at: Date;
    })[]
  >`
    select payload, watched, watch_reason, applied_at, kind, lessor_id, lessee_id, agreed_region from asset where asset_id = ${assetId}`;
  if (row === undefined) return undefined;
  return {
    payload: row.payload,
    watched: row.watched,
    watchReason: row.watch_reason,
    appliedAt: row.applied_at,
    scope: {
      kind: row.kind ?? undefined,
      lessorId: row.lessor_id ?? undefined,
      lesseeId: row.lessee_id ?? undefined,
      agreedRegion: row.agreed_region,
    },
  };
}

/** Assets that lockAssetsToRecheck would find, counted up to a limit. */
export async function countAssetsToRecheck(
  sql: Queryable,
  date: string,
  ruleVersion: number,
  limit: number,
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*) as count from (
      (select asset_id from asset where watch_recheck_on <= ${date} order by watch_recheck_on limit ${limit})
      union all
      (select asset_id from asset where watch_rule_version < ${ruleVersion} order by watch_rule_version limit ${limit})
    ) due`;
  return row?.count ?? 0;
}

export type ScopeFilter = {
  kinds: readonly string[];
  lessorIds: readonly string[];
  lesseeIds: readonly string[];
  regionCodes: readonly string[];
};

/** Watched assets that match every filter given. */
export async function countWatchedInScope(sql: Queryable, scope: ScopeFilter): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*) as count from asset where watched
      ${scope.kinds.length === 0 ? sql`` : sql`and kind = any(${[...scope.kinds]}::text[])`}
      ${scope.lessorIds.length === 0 ? sql`` : sql`and lessor_id = any(${[...scope.lessorIds]}::uuid[])`}
      ${scope.lesseeIds.length === 0 ? sql`` : sql`and lessee_id = any(${[...scope.lesseeIds]}::uuid[])`}
      ${scope.regionCodes.length === 0 ? sql`` : sql`and agreed_region = any(${[...scope.regionCodes]}::text[])`}`;
  return row?.count ?? 0;
}
