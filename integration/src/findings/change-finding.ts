import { statement, type Tx } from "@dozor/runtime/database";
import { aborted, failedPrecondition, notFound } from "@dozor/runtime/errors";
import { type Finding, findingColumns, findingStates } from "./finding.ts";
import { getFinding } from "./read-findings.ts";

/** `version` is the one the caller saw, `actor` the verified subject. */
export type FindingEdit = { id: string; version: number; actor: string };

/** Says who looks after it; an empty owner takes it away. */
export async function assignFinding(tx: Tx, edit: FindingEdit, owner: string): Promise<Finding> {
  const finding = await holdFinding(tx, edit, "assign");
  if (finding.state === findingStates.gone) throw failedPrecondition(`assign finding ${edit.id}: it is gone`);
  if (finding.owner === owner) return finding;
  return await changed(tx, edit, tx`owner = ${owner}`);
}

/** `resolution` as in the table, 1 to 3. */
export async function settleFinding(
  tx: Tx,
  edit: FindingEdit,
  { resolution, reason }: { resolution: number; reason: string },
): Promise<Finding> {
  const { state } = await holdFinding(tx, edit, "settle");
  if (state !== findingStates.open)
    throw failedPrecondition(`settle finding ${edit.id}: it is ${state === findingStates.gone ? "gone" : "settled"}`);
  return await changed(
    tx,
    edit,
    tx`state = 2, resolution = ${resolution}, reason = ${reason}, settled_by = ${edit.actor}, settled_at = now()`,
  );
}

export async function reopenFinding(tx: Tx, edit: FindingEdit, reason: string): Promise<Finding> {
  const { state } = await holdFinding(tx, edit, "reopen");
  if (state !== findingStates.settled) throw failedPrecondition(`reopen finding ${edit.id}: it is not settled`);
  await tx`select set_config('dozor.reason', ${reason}, true)`;
  return await changed(tx, edit, tx`state = 1, resolution = 0, reason = '', settled_by = '', settled_at = null`);
}

async function holdFinding(tx: Tx, { id, version }: FindingEdit, verb: string): Promise<Finding> {
  await statement("finding.hold", tx`select from finding where id = ${id} for no key update`);
  const finding = await getFinding(tx, id);
  if (finding === undefined) throw notFound("finding", id);
  if (finding.version !== version)
    throw aborted(`${verb} finding ${id}: it is at version ${finding.version}, not ${version}`);
  return finding;
}

async function changed(
  tx: Tx,
  { id, actor }: FindingEdit,
  columns: ReturnType<typeof findingColumns>,
): Promise<Finding> {
  await tx`select set_config('dozor.actor', ${actor}, true)`;
  const [finding] = await statement(
    "finding.change",
    tx<Finding[]>`update finding set ${columns} where id = ${id} returning ${findingColumns(tx)}`,
  );
  if (finding === undefined) throw notFound("finding", id);
  return finding;
}
