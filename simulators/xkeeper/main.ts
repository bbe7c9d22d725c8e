import { COMMON_FLAGS, run } from "../harness/run.ts";
import { worldFlags } from "../harness/world-options.ts";
import { start } from "./server.ts";

const FLAGS = { ...COMMON_FLAGS, token: "text", rate: "number", parallel: "switch" } as const;

await run("xkeeper", FLAGS, (flags) => {
  const { host, token, rate, parallel } = flags;
  return start({
    ...worldFlags(flags),
    port: flags.port ?? 15162,
    ...(host === undefined ? {} : { host }),
    ...(token === undefined ? {} : { token }),
    ...(rate === undefined ? {} : { rate }),
    ...(parallel === undefined ? {} : { oneAtATime: !parallel }),
  });
});
