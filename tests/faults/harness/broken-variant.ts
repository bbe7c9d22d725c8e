import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ServiceName } from "@dozor/mesh/ports";
import { repositoryRoot } from "@dozor/mesh/repository";

/** One place of the source that is changed: the text must stand there exactly once. */
export type Breakage = { file: string; from: string; to: string };

/**
 * Builds a service that is broken on purpose, and returns its program. What an oracle says of it tells whether the oracle is worth anything.
 *
 * @throws when a text is not found once, so that a control cannot rot into a sound service
 */
export async function brokenVariant(
  service: ServiceName,
  outdir: string,
  breakages: readonly Breakage[],
): Promise<string> {
  const broken = new Set<string>();
  const { success, logs } = await Bun.build({
    entrypoints: [join(repositoryRoot, "services", service, "src", "main.ts")],
    target: "bun",
    outdir,
    plugins: [
      {
        name: "broken on purpose",
        setup(build) {
          build.onLoad({ filter: /\/(runtime|integration|services)\/.*\.ts$/ }, async ({ path }) => {
            let source = await readFile(path, "utf8");
            for (const { file, from, to } of breakages.filter((each) => path.endsWith(each.file))) {
              if (source.split(from).length !== 2)
                throw new Error(`break ${file}: "${from}" does not stand there once`);
              source = source.replace(from, () => to);
              broken.add(from);
            }
            const contents = source
              .replaceAll("import.meta.dir", JSON.stringify(dirname(path)))
              .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href));
            return { contents, loader: "ts" };
          });
        },
      },
    ],
  });
  if (!success) throw new Error(`build a broken ${service}: ${logs.join("\n")}`);
  const missed = breakages.filter(({ from }) => !broken.has(from));
  if (missed.length > 0)
    throw new Error(`build a broken ${service}: ${missed.map(({ file }) => file)} is no part of it`);
  return join(outdir, "main.js");
}
