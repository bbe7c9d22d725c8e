import type { ServiceImpl } from "@connectrpc/connect";
import type { SourceService } from "@dozor/proto/registry/v1/source";
import type { RegistryContext } from "../../context.ts";
import { readSourceMessages } from "./source-messages.ts";

export const listSources =
  ({ database, sources }: RegistryContext): ServiceImpl<typeof SourceService>["listSources"] =>
  async () => ({ sources: await readSourceMessages(database.sql, sources) });
