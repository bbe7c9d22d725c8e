import type { Mesh } from "@dozor/mesh/mesh";
import type { History } from "./history.ts";
import type { LastWritten } from "./last-written.ts";
import type { Random } from "./random.ts";
import { changeWorld, type Operation, touchWorld } from "./simulated-world.ts";

/** Things of the simulated world that may be changed, by their ids outside. */
export type Targets = {
  assets: string[];
  contracts: string[];
  contacts: string[];
  /** Lessees: what changes of them is sent to the simulated receiver. */
  counterparties: string[];
  devices: string[];
  now: Date;
};
type Change = { name: string; operation: Operation; table?: string; column?: string; value?: string };

/**
 * What is watched and known after a first pass: ids of the world itself and none of its broken records. Also what the load of an earlier seed took out of the
 * watch: otherwise it would never come back, and after some seeds nothing would be left to change.
 */
export async function findTargets(mesh: Mesh, now: Date): Promise<Targets> {
  const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);
  const { registry, tracking, monitoring } = mesh.databases;
  const assets = ids(
    await monitoring`
    select external_id as id from asset where watched or watch_reason in ('contract_not_active', 'asset_deleted') order by 1
  `,
  );
  const contracts = ids(
    await registry`
    select distinct c.external_id as id from contract c join contract_item i on i.contract_id = c.id join asset a on a.id = i.asset_id
    where a.external_id = any(${assets}::text[]) order by 1
  `,
  );
  const contacts = ids(
    await registry`
    select k.external_id as id from contact k join counterparty p on p.id = k.counterparty_id order by 1 limit 200
  `,
  );
  // Few, so that several messages of one object wait behind each other.
  const counterparties = ids(
    await registry`
    select distinct p.external_id as id from counterparty p join contract c on c.lessee_id = p.id
    where c.external_id = any(${contracts}::text[]) order by 1 limit 40
  `,
  );
  const devices = ids(await tracking`select external_id as id from device where listed_at is not null order by 1`);
  return { assets, contracts, contacts, counterparties, devices, now };
}

/** Makes one change at random and remembers what it must end as. */
export async function changeSomething(
  mesh: Mesh,
  targets: Targets,
  random: Random,
  history: History,
  written: LastWritten,
  signal: AbortSignal,
): Promise<void> {
  if (random.chance(0.05)) {
    const type = random.pick(["asset", "contract", "contact"]);
    await history.op("touch", () => touchWorld(mesh, type, 0.05, signal));
    return;
  }
  const { name, operation, table, column, value } = drawChange(targets, random);
  const { outcome } = await history.op(name, () => changeWorld(mesh, operation, signal));
  if (table === undefined || column === undefined || value === undefined) return;
  const place = { table, column, id: String(operation.id) };
  if (outcome === "ok") written.note({ ...place, value });
  if (outcome === "unknown") written.forget(place);
}

function drawChange({ assets, contracts, contacts, counterparties, devices, now }: Targets, random: Random): Change {
  const change = (type: string, id: string, set: Record<string, unknown>): Operation => ({
    op: "change",
    type,
    id,
    set,
  });
  const number = random.int(1, 1_000_000_000);
  const draws: (() => Change)[] = [
    () => {
      const operation = change("contract", random.pick(contracts), { radiusKm: 20 + (number % 400) });
      return {
        name: "change radius",
        operation,
        table: "contract",
        column: "radius_km",
        value: String(20 + (number % 400)),
      };
    },
    () => {
      const isActive = random.chance(0.7);
      const operation = change("contract", random.pick(contracts), { status: isActive ? "active" : "suspended" });
      return { name: "change status", operation, table: "contract", column: "status", value: isActive ? "2" : "3" };
    },
    () => {
      const operation = change("asset", random.pick(assets), { serial: `S${number}` });
      return { name: "change serial", operation, table: "asset", column: "serial_number", value: `S${number}` };
    },
    () => {
      const deleted = random.chance(0.3);
      const operation = change("asset", random.pick(assets), { deleted });
      return { name: "mark deleted", operation, table: "asset", column: "deleted", value: String(deleted) };
    },
    () => {
      const phone = `+7 9${String(number).padStart(9, "0")}`;
      const operation = change("contact", random.pick(contacts), { phone });
      return { name: "change phone", operation, table: "contact", column: "phone", value: phone };
    },
    () => {
      const address = `644000, Омская обл, г Омск, ул Ленина, д ${number}`;
      const operation = change("counterparty", random.pick(counterparties), { address });
      return { name: "change address", operation, table: "counterparty", column: "legal_address", value: address };
    },
    () => {
      const contactAt = new Date(now.getTime() - random.int(60_000, 3_600_000)).toISOString();
      const contact = { id: `heard-${number}-${random.int(1, 1_000_000)}`, deviceId: random.pick(devices), contactAt };
      return { name: "hear a device", operation: { op: "addContact", contact } };
    },
  ];
  return random.pick(draws)();
}
