import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { type Contact, ContactSchema, type TrackingService } from "@dozor/proto/tracking/v1/tracking";
import type { Context } from "../../context.ts";
import { fixMessage } from "../../facts/messages.ts";
import { type ListedContact, listContacts } from "../../store/list-contacts.ts";
import { pageOf, pageSizeOf } from "../paging.ts";
import { historyQuestion } from "./history-question.ts";

export function listContactsRpc({
  database,
  clock,
}: Pick<Context, "database" | "clock">): ServiceImpl<typeof TrackingService>["listContacts"] {
  return async (request) => {
    const rows = await listContacts(database.sql, historyQuestion(request, clock));
    const keyOf = (row: ListedContact) => [row.at.getTime(), row.deviceNo, row.content];
    const { page, nextPageToken } = pageOf(rows, pageSizeOf(request.pageSize), keyOf);
    return { contacts: page.map(contactMessage), nextPageToken };
  };
}

function contactMessage(row: ListedContact): Contact {
  const { fixAt, fixContent, fixReceivedAt, lat, lon } = row;
  const hasFix = fixAt !== null && fixContent !== null && fixReceivedAt !== null && lat !== null && lon !== null;
  const fix = hasFix
    ? fixMessage({
        ...row,
        at: fixAt,
        content: fixContent,
        receivedAt: fixReceivedAt,
        lat,
        lon,
        source: row.source ?? 0,
        flaw: row.flaw ?? 0,
        region: row.region ?? "",
      })
    : undefined;
  return create(ContactSchema, {
    contactId: row.contactId,
    deviceId: row.deviceId,
    at: timestampFromDate(row.at),
    receivedAt: timestampFromDate(row.receivedAt),
    events: row.events,
    ...(row.batteryPercent === null ? {} : { batteryPercent: row.batteryPercent }),
    ...(row.odometerKm === null ? {} : { odometerKm: row.odometerKm }),
    ...(fix === undefined ? {} : { fix }),
  });
}
