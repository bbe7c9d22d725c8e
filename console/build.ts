import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** What was built: size of each file in bytes after gzip, and which of them a browser loads before the first page is seen. */
export type BuildReport = {
  files: Record<string, number>;
  initialScripts: string[];
  styles: string[];
  fonts: string[];
};
type Files = Map<string, Uint8Array<ArrayBuffer>>;

if (import.meta.main) await buildConsole(process.argv[2] ?? join(import.meta.dir, "dist", "manual"));

/** Builds the app into a directory, all at once: nobody ever serves half of it. */
export async function buildConsole(dir: string): Promise<BuildReport> {
  const result = await Bun.build({
    entrypoints: [join(import.meta.dir, "index.html")],
    minify: true,
    splitting: true,
    target: "browser",
    // Pages lie deeper than the root, so that relative addresses would miss.
    publicPath: "/",
    define: { "process.env.NODE_ENV": '"production"' },
    naming: { chunk: "[name]-[hash].[ext]", asset: "[name]-[hash].[ext]" },
    // The bundler would write them into the stylesheet as text, for every visit and against the page's policy.
    external: ["*.woff2"],
  });
  const files: Files = new Map();
  for (const output of result.outputs) {
    files.set(basename(output.path), new Uint8Array(await output.arrayBuffer()));
  }
  const fonts = await addFonts(files);
  linkStyles(files);
  const report = reportOf(files, fonts);
  files.set("build.json", new TextEncoder().encode(JSON.stringify(report, null, 2)));
  const draft = `${dir}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  for (const [name, bytes] of files) await Bun.write(join(draft, name), bytes);
  await mkdir(dirname(dir), { recursive: true });
  await rm(dir, { recursive: true, force: true });
  await rename(draft, dir);
  return report;
}

/** Puts the fonts that stylesheets name beside them, under hashed names. */
async function addFonts(files: Files): Promise<string[]> {
  const fonts = new Set<string>();
  for (const [name, bytes] of [...files].filter(([each]) => each.endsWith(".css"))) {
    let css = textOf(bytes);
    for (const [, path = ""] of css.matchAll(/url\("?(@fontsource[^")]+\.woff2)"?\)/g)) {
      const font = await Bun.file(Bun.resolveSync(path, import.meta.dir)).bytes();
      const hash = Bun.hash(font).toString(36).slice(0, 8).padStart(8, "0");
      const hashed = `${basename(path, ".woff2")}-${hash}.woff2`;
      files.set(hashed, font);
      fonts.add(hashed);
      css = css.replaceAll(path, `/${hashed}`);
    }
    files.set(name, new TextEncoder().encode(css));
  }
  return [...fonts];
}

/** The bundler writes a stylesheet for every page that is loaded later, and lets nobody load it. They are small: the page links them all. */
function linkStyles(files: Files): void {
  const html = textOf(files.get("index.html"));
  const missing = [...files.keys()].filter((name) => name.endsWith(".css") && !html.includes(name));
  const links = missing.map((name) => `<link rel="stylesheet" href="/${name}">`).join("");
  files.set("index.html", new TextEncoder().encode(html.replace("</head>", `${links}</head>`)));
}

function reportOf(files: Files, fonts: string[]): BuildReport {
  const html = textOf(files.get("index.html"));
  const entries = [...html.matchAll(/<script[^>]*src="\/([^"]+)"/g)].map((match) => match[1] ?? "");
  return {
    files: Object.fromEntries([...files].map(([name, bytes]) => [name, Bun.gzipSync(bytes).byteLength])),
    initialScripts: withStaticImports(entries, files),
    styles: [...html.matchAll(/href="\/([^"]+\.css)"/g)].map((match) => match[1] ?? ""),
    fonts,
  };
}

/** The scripts that the entries load at once; those behind `import()` come later. */
function withStaticImports(entries: readonly string[], files: Files): string[] {
  const found = new Set<string>();
  const visit = (name: string) => {
    if (found.has(name)) return;
    found.add(name);
    for (const match of textOf(files.get(name)).matchAll(/(?:from|import)\s*"(?:\.\/|\/)([^"]+\.js)"/g)) {
      visit(match[1] ?? "");
    }
  };
  for (const entry of entries) visit(entry);
  return [...found];
}

function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes);
}
