// The parent of the watchdog's test: starts Postgres, nats-server and a program deaf to signals, prints their ids, stays.
import { join } from "node:path";
import { startChild } from "./child-process.ts";
import { startNatsServer } from "./nats-server.ts";
import { startPostgres } from "./postgres.ts";
import { startWatchdog } from "./watchdog.ts";

const [dataDir = "", postgresPort, natsPort, monitorPort] = process.argv.slice(2);
const watchdog = startWatchdog();
const deaf = startChild({
  name: "deaf",
  command: ["sh", "-c", "trap '' TERM INT; while :; do sleep 1; done"],
  logFile: join(dataDir, "logs", "deaf.log"),
  graceMs: 300,
  watchdog,
});
const postgres = await startPostgres({
  dataDir,
  port: Number(postgresPort),
  databases: ["dozor_registry"],
  connectionsMax: 20,
  durable: false,
  watchdog,
});
const nats = await startNatsServer({ dataDir, port: Number(natsPort), monitorPort: Number(monitorPort), watchdog });
const url = postgres.urlOf("dozor_registry");
console.log(JSON.stringify({ pids: [postgres.child.pid, nats.child.pid, deaf.pid], url, natsUrl: nats.url }));
setInterval(() => {}, 60_000);
