import { type Queryable, statement, type Tx } from "@dozor/runtime/database";

export type StoredRegions = { epoch: number; note: string; polygons: unknown };

/** The polygons imported last; undefined while the built-in ones are in use. */
export async function importedRegions(db: Queryable): Promise<StoredRegions | undefined> {
  const [row] = await statement(
    "region.imported",
    db<StoredRegions[]>`select epoch, note, polygons from region_set order by epoch desc limit 1`,
  );
  return row;
}

export async function replaceRegions(tx: Tx, note: string, polygons: string, actor: string): Promise<void> {
  await statement(
    "region.replace",
    tx`
      with changed as (update geography set region_epoch = region_epoch + 1 returning region_epoch)
      insert into region_set (epoch, note, polygons, imported_by)
      select region_epoch, ${note}, ${polygons}::text::jsonb, ${actor} from changed
    `,
  );
}

export type GeographyEpochs = { zoneEpoch: number; regionEpoch: number };

/** With `isHeld` no zone and no region changes until the end of the transaction. */
export async function geographyEpochs(db: Queryable, isHeld: boolean): Promise<GeographyEpochs> {
  const [row] = await statement(
    "geography.epochs",
    db<GeographyEpochs[]>`
      select zone_epoch as "zoneEpoch", region_epoch as "regionEpoch" from geography ${isHeld ? db`for share` : db``}
    `,
  );
  if (row === undefined) throw new Error("read the geography: its row is gone");
  return row;
}
