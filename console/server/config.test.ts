import { expect, test } from "bun:test";
import { readConsoleConfig } from "./config.ts";

test("without settings the console stands on the ports of ./dozor up, open to this machine only", () => {
  expect(readConsoleConfig({})).toEqual({
    host: "127.0.0.1",
    port: 15100,
    registryUrls: ["http://127.0.0.1:15111"],
    trackingUrls: ["http://127.0.0.1:15121"],
    monitoringUrls: ["http://127.0.0.1:15131"],
    devTokensDir: undefined,
  });
});

test("instances are named in a list, in the order in which they are tried", () => {
  const { monitoringUrls } = readConsoleConfig({ CONSOLE_MONITORING_URLS: "http://a:1/, https://b:2" });
  expect(monitoringUrls).toEqual(["http://a:1", "https://b:2"]);
});

test("all mistakes are told at once", () => {
  const env = { CONSOLE_PORT: "99999", CONSOLE_TRACKING_URLS: "ftp://x", CONSOLE_REGISTRY_URLS: "," };
  expect(() => readConsoleConfig(env)).toThrow(
    /CONSOLE_PORT.*CONSOLE_REGISTRY_URLS|CONSOLE_REGISTRY_URLS.*CONSOLE_TRACKING_URLS.*CONSOLE_PORT/s,
  );
});
