import type { Queryable } from "@dozor/runtime/database";
import { readVersion, type StoredVersion } from "../store/indicator.ts";

const versionsMax = 1_000;

/** Reads published versions, which never change, once per process. */
export type IndicatorVersions = { get(sql: Queryable, indicatorId: string, version: number): Promise<StoredVersion> };

export function indicatorVersions(): IndicatorVersions {
  const known = new Map<string, StoredVersion>();
  return {
    async get(sql, indicatorId, version) {
      const key = `${indicatorId}:${version}`;
      const cached = known.get(key);
      if (cached !== undefined) return cached;
      const read = await readVersion(sql, indicatorId, version);
      if (read === undefined) throw new Error(`read version ${version} of indicator ${indicatorId}: it does not exist`);
      if (known.size >= versionsMax) known.clear();
      known.set(key, read);
      return read;
    },
  };
}
