import { statement, type Tx } from "@dozor/runtime/database";

export type ChangedEntities = {
  assetIds: readonly string[];
  contractIds: readonly string[];
  nomenclatureIds: readonly string[];
  counterpartyIds: readonly string[];
};

/**
 * Marks every asset whose snapshot may differ after these changes. A mark that is there already is locked by touching it: were
 * it left alone, a publisher could take it with the rows as they were before this transaction commits, and the change would
 * never be published.
 */
export async function markPendingSnapshots(tx: Tx, changed: ChangedEntities): Promise<number> {
  const { assetIds, contractIds, nomenclatureIds, counterpartyIds } = changed;
  if ([assetIds, contractIds, nomenclatureIds, counterpartyIds].every((ids) => ids.length === 0)) return 0;
  const marked = await statement(
    "pending_snapshot.mark",
    tx`
      with changed_contract as (
        select unnest(${contractIds}::uuid[]) as id
        union
        select id from contract
        where lessee_id = any(${counterpartyIds}::uuid[]) or lessor_id = any(${counterpartyIds}::uuid[])
      ),
      affected as (
        select unnest(${assetIds}::uuid[]) as asset_id
        union
        select asset.id from asset join changed_contract on changed_contract.id = asset.contract_id
        union
        select asset.id
        from contract_item
        join changed_contract on changed_contract.id = contract_item.contract_id
        join asset on asset.id = contract_item.asset_id
        union
        select asset.id from asset where nomenclature_id = any(${nomenclatureIds}::uuid[])
      )
      insert into pending_snapshot (asset_id)
      select asset_id from affected order by asset_id
      on conflict (asset_id) do update set marked_at = now()`,
  );
  return marked.count;
}

/** Takes at most `limit` marked assets; those that another transaction is changing wait for the next time. */
export async function takePendingSnapshots(tx: Tx, limit: number): Promise<string[]> {
  const rows = await statement(
    "pending_snapshot.take",
    tx<{ assetId: string }[]>`
      with taken as (
        select asset_id from pending_snapshot order by asset_id limit ${limit} for update skip locked
      )
      delete from pending_snapshot using taken where pending_snapshot.asset_id = taken.asset_id
      returning pending_snapshot.asset_id as "assetId"`,
  );
  return rows.map(({ assetId }) => assetId);
}
