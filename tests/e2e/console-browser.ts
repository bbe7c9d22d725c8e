import { mkdirSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { type BrowserContext, chromium, type Page } from "playwright-core";

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const screenshotDir = join(import.meta.dir, "..", "..", ".dozor", "screenshots");

/** The Chromium to test in; undefined where there is none. */
export const chromiumPath = process.env.DOZOR_TEST_CHROMIUM || Bun.which("chromium") || undefined;

type VisitOptions = {
  language?: "ru" | "en";
  colorScheme?: "light" | "dark";
  /** Does not hear of what others do, as behind a proxy that breaks streams. */
  deaf?: boolean;
};
export type TestBrowser = AsyncDisposable & {
  /** A page of the console in a window of its own, signed in as one of the local people. */
  visit(user: string, path: string, options?: VisitOptions): Promise<Page>;
  /** What no page may do: ask another origin, throw, break its own policy. */
  misdeeds: string[];
};

export async function openBrowser(origin: string): Promise<TestBrowser> {
  const browser = await chromium.launch({
    executablePath: chromiumPath ?? "",
    // Chromium refuses to be root inside its sandbox; nothing but our own console is visited.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  const misdeeds: string[] = [];
  return {
    misdeeds,
    async visit(user, path, { language = "ru", colorScheme = "light", deaf = false } = {}) {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        locale: language === "ru" ? "ru-RU" : "en-GB",
        // Far from the company's own zone, in which everything must be shown nevertheless.
        timezoneId: "Asia/Vladivostok",
        colorScheme,
        reducedMotion: "reduce",
      });
      context.setDefaultTimeout(60_000);
      watch(context, origin, misdeeds);
      if (deaf) await context.route("**/WatchTasks", (route) => route.abort());
      const answer = await fetch(`${origin}/dev-sign-in/users/${user}`, { method: "POST" });
      const signedIn = { token: await answer.text(), language };
      await context.addInitScript(({ token, language: chosen }) => {
        // Runs in the empty page before the first as well, which has no storage; later only what the person did counts.
        if (location.protocol === "about:" || sessionStorage.getItem("visited") !== null) return;
        sessionStorage.setItem("visited", "yes");
        sessionStorage.setItem("dozor.token", token);
        localStorage.setItem("dozor.language", chosen);
      }, signedIn);
      const page = await context.newPage();
      await page.goto(`${origin}${path}`);
      return page;
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
    },
  };
}

function watch(context: BrowserContext, origin: string, misdeeds: string[]): void {
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) misdeeds.push(`asked ${url}`);
  });
  context.on("weberror", (error) => misdeeds.push(`threw ${error.error().message} on ${error.page()?.url()}`));
  context.on("console", (message) => {
    const text = message.text();
    if (/content security policy/i.test(text)) misdeeds.push(`broke the policy: ${text}`);
  });
}

/** Rules of WCAG 2.2 A and AA that the page breaks, with the elements that do. */
export async function brokenRules(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshotDir, { recursive: true });
  await page.screenshot({ path: join(screenshotDir, `${name}.png`), fullPage: true });
}
