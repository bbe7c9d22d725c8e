import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** What was built: files by name, and which of them a browser loads before the first page is seen. Sizes in bytes after gzip. */
export type BuildReport = { files: Record<string, number>; initialScripts: string[]; initialStyles: string[] };

const target = process.argv[2] ?? join(import.meta.dir, "dist", "manual");
await buildConsole(target);

async function buildConsole(dir: string): Promise<void> {
  const result = await Bun.build({
    entrypoints: [join(import.meta.dir, "index.html")],
    minify: true,
    splitting: true,
    target: "browser",
    // Pages lie deeper than the root, so that relative addresses would miss.
    publicPath: "/",
    define: { "process.env.NODE_ENV": '"production"' },
    naming: { chunk: "[name]-[hash].[ext]", asset: "[name]-[hash].[ext]" },
  });
  const texts = new Map<string, string>();
  const files: Record<string, number> = {};
  // Written beside its place and moved at once, so that nobody serves half of it.
  const draft = `${dir}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  for (const output of result.outputs) {
    const name = basename(output.path);
    const bytes = new Uint8Array(await output.arrayBuffer());
    files[name] = Bun.gzipSync(bytes).byteLength;
    if (/\.(js|html)$/.test(name)) texts.set(name, new TextDecoder().decode(bytes));
    await Bun.write(join(draft, name), bytes);
  }
  const html = texts.get("index.html") ?? "";
  const entries = [...html.matchAll(/<script[^>]*src="\/([^"]+)"/g)].map((match) => match[1] ?? "");
  const report: BuildReport = {
    files,
    initialScripts: withStaticImports(entries, texts),
    initialStyles: [...html.matchAll(/href="\/([^"]+\.css)"/g)].map((match) => match[1] ?? ""),
  };
  await Bun.write(join(draft, "build.json"), JSON.stringify(report, null, 2));
  await mkdir(dirname(dir), { recursive: true });
  await rm(dir, { recursive: true, force: true });
  await rename(draft, dir);
}

/** The scripts that the entries load at once; those behind `import()` come later. */
function withStaticImports(entries: readonly string[], texts: ReadonlyMap<string, string>): string[] {
  const found = new Set<string>();
  const visit = (name: string) => {
    if (found.has(name)) return;
    found.add(name);
    for (const match of (texts.get(name) ?? "").matchAll(/(?:from|import)\s*"(?:\.\/|\/)([^"]+\.js)"/g))
      visit(match[1] ?? "");
  };
  for (const entry of entries) visit(entry);
  return [...found];
}
