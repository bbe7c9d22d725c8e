import type { ServiceImpl } from "@connectrpc/connect";
import type { DataQualityService } from "@dozor/proto/integration/v1/data_quality";
import { decodeCursor, encodeCursor } from "@dozor/runtime/cursor";
import { invalidArgument } from "@dozor/runtime/errors";
import { countFindingsByRule, listFindings as readFindings } from "../../findings/read-findings.ts";
import { findingMessage } from "./finding-message.ts";
import type { QualityContext } from "./quality-context.ts";

const pageSizeDefault = 50;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const listFindings =
  ({ database: { sql } }: QualityContext): ServiceImpl<typeof DataQualityService>["listFindings"] =>
  async (request) => {
    if (request.withoutOwner && request.owner !== "")
      throw invalidArgument("owner and without_owner exclude each other");
    const size = request.pageSize || pageSizeDefault;
    const found = await readFindings(sql, request, { before: placeOf(request.pageToken), size: size + 1 });
    const page = found.slice(0, size);
    const last = found.length > size ? page.at(-1) : undefined;
    const counts = request.pageToken === "" ? await countFindingsByRule(sql, request) : {};
    return {
      findings: page.map(findingMessage),
      nextPageToken: last === undefined ? "" : encodeCursor([last.place, last.id]),
      countsByRule: Object.fromEntries(Object.entries(counts).map(([rule, count]) => [rule, BigInt(count)])),
    };
  };

function placeOf(pageToken: string): { foundAt: string; id: string } | undefined {
  const cursor = decodeCursor(pageToken, ["string", "string"]);
  if (cursor === undefined) return undefined;
  const [foundAt, id] = cursor;
  if (Number.isNaN(Date.parse(foundAt)) || !uuid.test(id))
    throw invalidArgument("page_token was not given by this list");
  return { foundAt, id };
}
