import type { Mesh, MeshOptions } from "@dozor/mesh/mesh";
import type { Random } from "./random.ts";
import type { Supervisor } from "./supervisor.ts";
import type { Workload } from "./workload.ts";

/** One row of the fault matrix. */
export type Fault = {
  id: `F${number}`;
  /** In the words of the matrix: "killed at a boundary". */
  name: string;
  /** What was shortened or left out against the matrix, in a sentence. */
  note?: string;
  /** The reason why it cannot run on this machine; undefined when it can. */
  needs?: () => Promise<string | undefined>;
  /** How its mesh differs from the usual one of the harness. */
  mesh?: Partial<MeshOptions>;
  /** Makes what the mesh is to stand on, such as links and disks, before it starts; what is given to the stack outlives the mesh. */
  prepare?(dataDir: string, stack: AsyncDisposableStack): Promise<Partial<MeshOptions>>;
  /** Counters that must be above zero when all seeds have run: a fault that never bit proves nothing. */
  bites: readonly string[];
  /** Runs under load. When it returns the system is healed, or what heals it is registered by `run.heal`. */
  inject(run: FaultRun): Promise<void>;
};

/** One injection, of one seed. */
export type FaultRun = {
  mesh: Mesh;
  random: Random;
  workload: Workload;
  supervisor: Supervisor;
  /** Counts that the fault really happened. */
  bite(name: string, count?: number): void;
  /** Aborts when the whole run is given up. */
  signal: AbortSignal;
  /** Done after the injection, in reverse order, whether it succeeded or not. */
  heal(fn: () => Promise<void>): void;
  log(text: string): void;
};
