import { COMMON_FLAGS, run } from "../harness/run.ts";
import { worldFlags } from "../harness/world-options.ts";
import { start } from "./server.ts";

await run("kontur-focus", { ...COMMON_FLAGS, key: "text", quota: "number" } as const, (flags) => {
  const { host, key, quota } = flags;
  return start({
    ...worldFlags(flags),
    port: flags.port ?? 15161,
    ...(host === undefined ? {} : { host }),
    ...(key === undefined ? {} : { key }),
    ...(quota === undefined ? {} : { quota }),
  });
});
