import type { ServiceImpl } from "@connectrpc/connect";
import type { RegistryService } from "@dozor/proto/registry/v1/registry";
import type { Database } from "@dozor/runtime/database";
import { readPlate } from "../../domain/plate.ts";
import { readVin } from "../../domain/vin.ts";
import { searchEntities } from "../../store/search.ts";

const hitsMax = 50;

export const search =
  ({ database }: { database: Database }): ServiceImpl<typeof RegistryService>["search"] =>
  async ({ query }) => {
    const text = query.trim();
    const words = { text, vin: readVin(text).vin, plate: readPlate(text).plate };
    return { hits: await searchEntities(database.sql, words, hitsMax) };
  };
