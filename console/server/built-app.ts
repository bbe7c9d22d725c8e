import { existsSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Glob } from "bun";

const consoleDir = join(import.meta.dir, "..");
const distDir = join(consoleDir, "dist");
const buildsKeptMax = 3;

/** Directory of the app built from the present sources; built now, in a process of its own, where it is not there. */
export async function builtApp(signal: AbortSignal): Promise<string> {
  const dir = join(distDir, await sourcesHash());
  if (existsSync(join(dir, "index.html"))) return dir;
  const build = Bun.spawn([process.execPath, join(consoleDir, "build.ts"), dir], {
    cwd: consoleDir,
    // Without it React would be built for development.
    env: { ...process.env, NODE_ENV: "production" },
    stdout: "ignore",
    stderr: "pipe",
    signal,
  });
  const [problem, exitCode] = await Promise.all([new Response(build.stderr).text(), build.exited]);
  signal.throwIfAborted();
  if (exitCode !== 0) throw new Error(`build the console into ${dir}: ${problem.trim() || `exit code ${exitCode}`}`);
  await removeOldBuilds();
  return dir;
}

// Whatever can change what a browser gets.
const sources = [
  { cwd: consoleDir, patterns: ["index.html", "build.ts", "package.json", "assets/*", "src/**/*"] },
  { cwd: join(consoleDir, "..", "proto", "gen"), patterns: ["**/*.ts"] },
  { cwd: join(consoleDir, ".."), patterns: ["bun.lock"] },
];

async function sourcesHash(): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const { cwd, patterns } of sources) {
    const found = patterns.flatMap((pattern) => [...new Glob(pattern).scanSync({ cwd })]);
    const files = found.filter((file) => !file.includes(".test.")).sort();
    for (const file of files) hasher.update(`${file}\0`).update(await Bun.file(join(cwd, file)).bytes());
  }
  return hasher.digest("hex").slice(0, 16);
}

async function removeOldBuilds(): Promise<void> {
  const names = await readdir(distDir);
  const ages = await Promise.all(
    names.map(async (name) => ({ name, madeAt: (await stat(join(distDir, name))).mtimeMs })),
  );
  const old = ages.sort((a, b) => b.madeAt - a.madeAt).slice(buildsKeptMax);
  for (const { name } of old) await rm(join(distDir, name), { recursive: true, force: true });
}
