import { runUntilSignal } from "@dozor/runtime/process";
import { readConfig } from "./config.ts";
import { startService } from "./service.ts";

await runUntilSignal((signal) => startService(readConfig(process.env), signal));
