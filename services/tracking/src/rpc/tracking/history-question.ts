import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { Clock } from "@dozor/runtime/clock";
import { decodeCursor } from "@dozor/runtime/cursor";
import type { ContactKey, HistoryQuestion } from "../../store/list-contacts.ts";
import { intervalOf } from "../interval.ts";
import { pageSizeOf } from "../paging.ts";

type Request = {
  assetId: string;
  from?: Timestamp | undefined;
  to?: Timestamp | undefined;
  pageSize: number;
  pageToken: string;
};

/** A page of what devices told, in the order of time, device and content. Asks for one row more than the page has. */
export function historyQuestion(request: Request, clock: Clock): HistoryQuestion<ContactKey> {
  const key = decodeCursor(request.pageToken, ["number", "number", "number"]);
  return {
    assetId: request.assetId,
    ...intervalOf(request, clock),
    after: key === undefined ? undefined : { at: new Date(key[0]), deviceNo: key[1], content: key[2] },
    limit: pageSizeOf(request.pageSize) + 1,
  };
}
