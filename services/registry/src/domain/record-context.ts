import type { Mapping } from "./mapping.ts";

/** How the records of one source are to be read. */
export type RecordContext = {
  source: string;
  mapping: Mapping;
  /** IANA zone in which the source writes its dates. */
  timeZone: string;
  /** Our id of an entity of this source. */
  idOf(externalId: string): string;
};
