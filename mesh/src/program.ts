import type { Child } from "./child-process.ts";

/** One program over all its lives. */
export type Program = AsyncDisposable & {
  name: string;
  /** The process of now: another one after each start. */
  readonly child: Child;
  /** Starts it again after it ended, and resolves when it is ready. */
  start(signal?: AbortSignal): Promise<void>;
};

/** Starts it for the first time; `launch` gives a process that is ready, or none. */
export async function startProgram(
  launch: (signal?: AbortSignal) => Promise<Child>,
  signal?: AbortSignal,
): Promise<Program> {
  let child = await launch(signal);
  return {
    name: child.name,
    get child() {
      return child;
    },
    async start(signal) {
      child = await launch(signal);
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
