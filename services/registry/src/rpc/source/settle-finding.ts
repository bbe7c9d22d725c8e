import type { ServiceImpl } from "@connectrpc/connect";
import type { SourceService } from "@dozor/proto/registry/v1/source";
import { principalOf } from "@dozor/runtime/auth";
import type { Database } from "@dozor/runtime/database";
import { aborted, notFound } from "@dozor/runtime/errors";
import { getFinding, settleFinding as settle } from "../../store/finding.ts";
import { findingMessage } from "../messages.ts";

export const settleFinding =
  ({ database }: { database: Database }): ServiceImpl<typeof SourceService>["settleFinding"] =>
  async ({ id, version, settlement }, context) => {
    const settledBy = principalOf(context).subject;
    return await database.transaction("settle_finding", async (tx) => {
      const settled = await settle(tx, { id, version: Number(version), settledBy, settlement });
      if (settled !== undefined) return { finding: findingMessage(settled) };
      const current = await getFinding(tx, id);
      if (current === undefined) throw notFound("finding", id);
      throw aborted(`settle finding ${id}: it is at version ${current.version}, not ${version}`);
    });
  };
