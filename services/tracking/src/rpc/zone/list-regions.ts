import type { ServiceImpl } from "@connectrpc/connect";
import { RegionKind, type ZoneService } from "@dozor/proto/tracking/v1/zone";
import type { Context } from "../../context.ts";
import { districts, subjects } from "../../domain/regions.ts";

export function listRegions({
  database,
  geography,
}: Pick<Context, "database" | "geography">): ServiceImpl<typeof ZoneService>["listRegions"] {
  return async () => {
    const { regionsNote } = await geography.current(database.sql);
    return {
      regions: [
        ...subjects.map((subject) => ({ ...subject, kind: RegionKind.FEDERAL_SUBJECT })),
        ...districts.map(({ subjectCodes, ...district }) => ({
          ...district,
          subjectCodes: [...subjectCodes],
          kind: RegionKind.FEDERAL_DISTRICT,
        })),
      ],
      polygonsNote: regionsNote,
    };
  };
}
