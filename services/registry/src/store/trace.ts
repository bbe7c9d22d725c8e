import { EntityKind } from "@dozor/proto/registry/v1/entities";
import type { QuarantineState } from "@dozor/proto/registry/v1/source";
import { type Queryable, statement } from "@dozor/runtime/database";

/** What all kinds of entities have in common, for following one of them. */
export type TracedEntity = {
  kind: EntityKind;
  source: string;
  externalId: string;
  version: number;
  sourceVersion: string;
  contentHash: Uint8Array;
  deleted: boolean;
  updatedAt: Date;
};

const tables = [
  ["asset", EntityKind.ASSET],
  ["contract", EntityKind.CONTRACT],
  ["counterparty", EntityKind.COUNTERPARTY],
  ["contact", EntityKind.CONTACT],
  ["nomenclature", EntityKind.NOMENCLATURE],
] as const;

/** The entity of whichever kind has this id; undefined when none has. */
export async function findEntity(sql: Queryable, id: string): Promise<TracedEntity | undefined> {
  const each = tables.map(
    ([table, kind]) => sql`
      select ${kind}::int as kind, source, external_id as "externalId", version, source_version as "sourceVersion",
        content_hash as "contentHash", deleted, updated_at as "updatedAt"
      from ${sql(table)} where id = ${id}`,
  );
  const all = each.reduce((before, one) => sql`${before} union all ${one}`);
  const [row] = await statement("entity.find", sql<TracedEntity[]>`${all} limit 1`);
  return row;
}

/** The newest record of the object in quarantine; one that is open before all others. */
export async function newestQuarantined(
  sql: Queryable,
  source: string,
  externalId: string,
): Promise<{ state: QuarantineState; sourceVersion: string } | undefined> {
  const [row] = await statement(
    "quarantine.newest_of_object",
    sql<{ state: QuarantineState; sourceVersion: string }[]>`
      select state, source_version as "sourceVersion" from quarantine
      where source = ${source} and external_id = ${externalId}
      order by state = 1 desc, updated_at desc, id desc limit 1`,
  );
  return row;
}

export type TracedSnapshotRow = {
  assetId: string;
  externalId: string;
  /** null while no snapshot was made. */
  version: number | null;
  contentHash: Uint8Array | null;
  changedAt: Date | null;
  eventId: string | null;
  publishedAt: Date | null;
  isPending: boolean;
  isUnpublished: boolean;
};

/** Assets whose snapshots the entity is part of, in id order, with what was told of them last. */
export async function listTracedSnapshots(
  sql: Queryable,
  { id, kind }: { id: string; kind: EntityKind },
  limit: number,
): Promise<TracedSnapshotRow[]> {
  return await statement(
    "asset_snapshot.list_traced",
    sql<TracedSnapshotRow[]>`
      select touched.id as "assetId", touched.external_id as "externalId", s.version, s.content_hash as "contentHash",
        s.changed_at as "changedAt", s.event_id as "eventId", o.published_at as "publishedAt",
        exists (select from pending_snapshot p where p.asset_id = touched.id) as "isPending",
        o.id is not null and o.published_at is null as "isUnpublished"
      from (select id, external_id from asset where id in (${assetsOf(sql, id, kind)}) order by id limit ${limit}) touched
      left join asset_snapshot s on s.asset_id = touched.id
      left join runtime.outbox o on o.id = s.event_id
      order by touched.id`,
  );
}

/** The ids of the assets that name the entity, or that a contract which names it has. */
function assetsOf(sql: Queryable, id: string, kind: EntityKind) {
  switch (kind) {
    case EntityKind.ASSET:
      return sql`select ${id}::uuid`;
    case EntityKind.NOMENCLATURE:
      return sql`select id from asset where nomenclature_id = ${id}`;
    case EntityKind.CONTRACT:
      return sql`
        select id from asset where contract_id = ${id}
        union select asset_id from contract_item where contract_id = ${id}`;
    case EntityKind.COUNTERPARTY:
      return sql`
        select asset.id from asset join contract on contract.id = asset.contract_id
          where contract.lessee_id = ${id} or contract.lessor_id = ${id}
        union
        select item.asset_id from contract_item item join contract on contract.id = item.contract_id
          where contract.lessee_id = ${id} or contract.lessor_id = ${id}`;
    case EntityKind.CONTACT:
    case EntityKind.UNSPECIFIED:
      return sql`select null::uuid`;
  }
}
