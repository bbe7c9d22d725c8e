import { toJson } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import { DefinitionSchema } from "@dozor/proto/monitoring/v1/indicator";
import { principalOf } from "@dozor/runtime/auth";
import type { Tx } from "@dozor/runtime/database";
import { aborted, notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { insertAuditEvent } from "../../store/audit.ts";
import { readIndicator, type StoredIndicator } from "../../store/indicator.ts";

type Change = { indicatorId: string; version: number; at: Date; by: string };

/** One change of an indicator by its etag, with its audit event. `write` answers false when the version is not the current one. */
export async function changeIndicator(
  { database, clock }: Pick<Context, "database" | "clock">,
  call: HandlerContext,
  { indicatorId, version }: { indicatorId: string; version: bigint },
  action: string,
  write: (tx: Tx, change: Change, before: StoredIndicator) => Promise<boolean>,
): Promise<StoredIndicator> {
  const actor = principalOf(call);
  const at = clock.now();
  return await database.transaction(action, async (tx) => {
    const before = await readIndicator(tx, indicatorId);
    if (before === undefined) throw notFound("indicator", indicatorId);
    if (!(await write(tx, { indicatorId, version: Number(version), at, by: actor.subject }, before))) {
      throw aborted(`${action} ${before.key}: version ${version} is not the current one, ${before.version}`);
    }
    const after = await readIndicator(tx, indicatorId);
    if (after === undefined) throw notFound("indicator", indicatorId);
    const states = { before: auditState(before), after: auditState(after) };
    await insertAuditEvent(tx, { at, actor, action, objectKind: "indicator", objectId: indicatorId, ...states });
    return after;
  });
}

function auditState({ state, version, publishedVersion, draft }: StoredIndicator) {
  return { state, version, publishedVersion, draft: toJson(DefinitionSchema, draft) };
}
