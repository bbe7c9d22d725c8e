import { COMMON_FLAGS, run } from "../harness/run.ts";
import { start } from "./server.ts";

await run("receiver", { ...COMMON_FLAGS, secret: "text" } as const, ({ host, port, secret }) =>
  start({
    port: port ?? 15163,
    ...(host === undefined ? {} : { host }),
    ...(secret === undefined ? {} : { secret }),
  }),
);
