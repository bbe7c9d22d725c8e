export type ConsoleConfig = {
  host: string;
  port: number;
  registryUrls: readonly string[];
  trackingUrls: readonly string[];
  monitoringUrls: readonly string[];
  /** Where `<user>.jwt` of local users lie; undefined where nobody signs in by choosing a name. */
  devTokensDir: string | undefined;
};

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Settings of the console's server, from CONSOLE_PORT, CONSOLE_HOST, CONSOLE_{REGISTRY,TRACKING,MONITORING}_URLS (comma lists of
 * HTTP addresses, tried in order) and CONSOLE_DEV_TOKENS_DIR.
 * @throws Error that lists every problem at once
 */
export function readConsoleConfig(env: Env): ConsoleConfig {
  const problems: string[] = [];
  const urls = (name: string, otherwise: string) => {
    const list = (env[name] || otherwise)
      .split(",")
      .map((url) => url.trim().replace(/\/$/, ""))
      .filter((url) => url !== "");
    for (const url of list) if (!isHttpOrigin(url)) problems.push(`${name}: "${url}" is not an http or https origin`);
    if (list.length === 0) problems.push(`${name}: names no address`);
    return list;
  };
  const port = Number(env.CONSOLE_PORT || 15_100);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    problems.push("CONSOLE_PORT: must be a port from 0 to 65535");
  const config: ConsoleConfig = {
    host: env.CONSOLE_HOST || "127.0.0.1",
    port,
    registryUrls: urls("CONSOLE_REGISTRY_URLS", "http://127.0.0.1:15111"),
    trackingUrls: urls("CONSOLE_TRACKING_URLS", "http://127.0.0.1:15121"),
    monitoringUrls: urls("CONSOLE_MONITORING_URLS", "http://127.0.0.1:15131"),
    devTokensDir: env.CONSOLE_DEV_TOKENS_DIR || undefined,
  };
  if (problems.length > 0) throw new Error(`read the console's settings: ${problems.join("; ")}`);
  return config;
}

function isHttpOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return ["http:", "https:"].includes(url.protocol) && url.pathname === "/" && url.search === "";
}
