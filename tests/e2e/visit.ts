import { mkdirSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { repositoryRoot } from "@dozor/mesh/repository";
import { type BrowserContext, chromium, type Page } from "playwright-core";

/** Given by `./dozor test`, which installs a Chromium where it may. */
export const chromiumPath = process.env.DOZOR_TEST_CHROMIUM;

const screenshots = join(repositoryRoot, ".dozor", "screenshots");

export type Visitor = AsyncDisposable & {
  page: Page;
  /** Addresses of another origin that the page asked for. */
  strangers: string[];
  /** What the page said of its own mistakes. */
  errors: string[];
  look(name: string): Promise<void>;
  /** Breaches of WCAG 2.2 A and AA, one line each. */
  breaches(): Promise<string[]>;
};

/** A person at the console, signed in as one of the local people, in the given language. */
export async function visit(origin: string, person: RegExp, language: "ru" | "en" = "ru"): Promise<Visitor> {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"];
  const browser = await chromium.launch({ executablePath: chromiumPath ?? "", args });
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: language === "ru" ? "ru-RU" : "en-GB",
    reducedMotion: "reduce",
  });
  await context.addInitScript((chosen) => localStorage.setItem("dozor.language", chosen), language);
  const strangers = strangersIn(context, origin);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(`${origin}/sign-in`);
  await page.getByRole("button", { name: person }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  return {
    page,
    strangers,
    errors,
    async look(name) {
      mkdirSync(screenshots, { recursive: true });
      await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
    },
    async breaches() {
      const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
      const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
      return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

function strangersIn(context: BrowserContext, origin: string): string[] {
  const strangers: string[] = [];
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith("data:") && !url.startsWith("blob:")) strangers.push(url);
  });
  return strangers;
}
