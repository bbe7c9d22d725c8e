import { COMMON_FLAGS, run } from "../harness/run.ts";
import { oneOf, worldFlags } from "../harness/world-options.ts";
import { start } from "./server.ts";

const FLAGS = {
  ...COMMON_FLAGS,
  publication: "text",
  user: "text",
  password: "text",
  concurrency: "text",
  "first-answer-ms": "number",
  sessions: "text",
  "error-shape": "text",
  "packet-size": "number",
  dirt: "number",
  "repeat-share": "number",
  bom: "switch",
  "truth-file": "text",
} as const;

await run("1c", FLAGS, (flags) => {
  const { host, publication, user, password, dirt, bom } = flags;
  const concurrency = oneOf("--concurrency", flags.concurrency, ["503", "wait", "break"] as const);
  const sessions = oneOf("--sessions", flags.sessions, ["honour", "ignore", "refuse"] as const);
  const errorShape = oneOf("--error-shape", flags["error-shape"], ["odata", "exception", "html"] as const);
  return start({
    ...worldFlags(flags),
    port: flags.port ?? 15160,
    ...(host === undefined ? {} : { host }),
    ...(publication === undefined ? {} : { publication }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(sessions === undefined ? {} : { sessions }),
    ...(errorShape === undefined ? {} : { errorShape }),
    ...(dirt === undefined ? {} : { dirt }),
    ...(bom === undefined ? {} : { bom }),
    ...(flags["first-answer-ms"] === undefined ? {} : { firstAnswerMs: flags["first-answer-ms"] }),
    ...(flags["packet-size"] === undefined ? {} : { packetSize: flags["packet-size"] }),
    ...(flags["repeat-share"] === undefined ? {} : { repeatShare: flags["repeat-share"] }),
    ...(flags["truth-file"] === undefined ? {} : { truthFile: flags["truth-file"] }),
  });
});
