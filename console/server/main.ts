import { readConsoleConfig } from "./config.ts";
import { startConsole } from "./serve.ts";

const stop = new AbortController();
for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => stop.abort(new Error(`received ${name}`)));

const { registryUrls, trackingUrls, monitoringUrls, devTokensDir, host, port } = readConsoleConfig(process.env);
await using running = await startConsole({
  host,
  port,
  registryUrl: registryUrls,
  trackingUrl: trackingUrls,
  monitoringUrl: monitoringUrls,
  ...(devTokensDir === undefined ? {} : { devTokens: { dir: devTokensDir } }),
  signal: stop.signal,
});
console.log(JSON.stringify({ event: "console_started", url: running.url }));
if (!stop.signal.aborted)
  await new Promise((resolve) => stop.signal.addEventListener("abort", resolve, { once: true }));
