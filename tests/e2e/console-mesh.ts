import { rmSync } from "node:fs";
import { firstPass } from "@dozor/mesh/first-pass";
import { type Mesh, startMesh } from "@dozor/mesh/mesh";
import { freePortBase } from "@dozor/mesh/ports";
import { temporaryDataDir } from "@dozor/mesh/temporary-data-dir";
import { openBrowser, type TestBrowser } from "./console-browser.ts";

type ConsoleMeshOptions = {
  /** Size of the simulated world. */
  assets?: number;
  /** What is done to the mesh before the first pass. */
  before?: (mesh: Mesh) => Promise<void>;
};

export type ConsoleMesh = AsyncDisposable & { mesh: Mesh; browser: TestBrowser; now: Date };

/** The whole mesh after one pass over a small world, and a browser before its console. */
export async function startConsoleMesh({ assets = 300, before }: ConsoleMeshOptions = {}): Promise<ConsoleMesh> {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryDataDir("dozor-e2e-");
  stack.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const now = new Date();
  const portBase = await freePortBase(1);
  const mesh = stack.use(await startMesh({ dataDir, portBase, assets, now, durable: false, scheduled: false }));
  await before?.(mesh);
  await firstPass(mesh, { asOf: now });
  const browser = stack.use(await openBrowser(`http://127.0.0.1:${mesh.ports.console}`));
  const owned = stack.move();
  return { mesh, browser, now, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
