import { runUntilSignal } from "@dozor/runtime/process";
import { readConfig } from "./config.ts";
import { startService } from "./service.ts";

await runUntilSignal(async (signal) => startService(await readConfig(process.env), signal));
