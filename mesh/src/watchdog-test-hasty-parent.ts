// A parent that dies in the very moment in which it has started a child, for the watchdog's test.
import { writeSync } from "node:fs";
import { join } from "node:path";
import { startChild } from "./child-process.ts";
import { startWatchdog } from "./watchdog.ts";

const [dataDir = ""] = process.argv.slice(2);
const watchdog = startWatchdog();
const logFile = join(dataDir, "logs", "child.log");
const child = startChild({ name: "child", command: ["sleep", "600"], logFile, graceMs: 300, watchdog });
writeSync(1, `${child.pid}\n`);
process.kill(process.pid, "SIGKILL");
