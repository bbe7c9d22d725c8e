import { appendFileSync } from "node:fs";
import { Code, ConnectError } from "@connectrpc/connect";

/** "unknown": the call ended without an answer, so that nobody can say whether it was done. */
export type Outcome = "ok" | "fail" | "unknown";
export type History = {
  file: string;
  /** Does the work and writes down what became of it; an error is an outcome and not thrown. */
  op<T>(name: string, work: () => Promise<T>): Promise<{ outcome: Outcome; result?: T }>;
  counts(): Record<string, Record<Outcome, number>>;
};

/** A file of JSON lines: operation, start, end, outcome. */
export function openHistory(file: string): History {
  const counted: Record<string, Record<Outcome, number>> = {};
  const write = (name: string, startedAt: Date, outcome: Outcome, error?: unknown) => {
    counted[name] ??= { ok: 0, fail: 0, unknown: 0 };
    counted[name][outcome] += 1;
    const line = { op: name, start: startedAt.toISOString(), end: new Date().toISOString(), outcome };
    appendFileSync(file, `${JSON.stringify(error === undefined ? line : { ...line, error: String(error) })}\n`);
  };
  return {
    file,
    async op(name, work) {
      const startedAt = new Date();
      try {
        const result = await work();
        write(name, startedAt, "ok");
        return { outcome: "ok", result };
      } catch (error) {
        const outcome = isAnswer(error) ? "fail" : "unknown";
        write(name, startedAt, outcome, error);
        return { outcome };
      }
    },
    counts: () => counted,
  };
}

const answers = new Set([
  Code.InvalidArgument,
  Code.NotFound,
  Code.AlreadyExists,
  Code.FailedPrecondition,
  Code.Aborted,
  Code.PermissionDenied,
]);

/** The server decided not to do it; every other error leaves open whether it did. */
function isAnswer(error: unknown): boolean {
  return (error instanceof ConnectError && answers.has(error.code)) || error instanceof RefusedOperationError;
}

/** A simulator refused an operation. */
export class RefusedOperationError extends Error {
  override name = "RefusedOperationError";
}
