import type { JsonObject } from "../domain/json.ts";
import type { Remark } from "../domain/reading.ts";

/** The columns that all entities share, as they are read. */
export type EntityRow = {
  id: string;
  source: string;
  externalId: string;
  version: number;
  deleted: boolean;
  code: string;
  description: string;
  remarks: Remark[];
  raw: JsonObject;
  createdAt: Date;
  updatedAt: Date;
};
