import { checkInvariants } from "@dozor/mesh/invariants/check-invariants";
import type { Mesh } from "@dozor/mesh/mesh";
import { eventually } from "@dozor/testkit/eventually";
import { passTime } from "./pass-time.ts";

/** What must hold at every moment of rest, and what the system may still be bringing about: messages that a stream lost come again by themselves. */
const converging = new Set(["I1", "I9", "I10"]);

/**
 * Waits for rest after the fault healed, and asks every oracle. Sentences about what does not hold; none when all is well. A backlog that does not
 * drain, or a difference that does not close before the deadline, is a failure of liveness.
 */
export async function settle(
  mesh: Mesh,
  { deadlineMs, signal }: { deadlineMs: number; signal: AbortSignal },
): Promise<string[]> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const rest = await comeToRest(mesh, Math.max(1_000, deadline - performance.now()), signal);
    if (rest !== undefined) return [`I9: ${rest}`];
    const findings = Object.entries(await checkInvariants(mesh));
    const red = findings.filter(([, { ok }]) => !ok);
    const problems = red.flatMap(([name, { problems }]) =>
      problems.slice(0, 3).map((problem) => `${name}: ${problem}`),
    );
    const mayClose = red.length > 0 && red.every(([name]) => converging.has(name));
    if (!mayClose || performance.now() > deadline) return problems;
    await passTime(500, signal);
  }
}

/** undefined at rest; otherwise what still waits at the deadline. Servers that come back may not answer at first. */
async function comeToRest(mesh: Mesh, deadlineMs: number, signal: AbortSignal): Promise<string | undefined> {
  let last = "";
  const attempt = async () => {
    try {
      await mesh.drain({ deadlineMs: 1_500, signal });
      return true;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
      return false;
    }
  };
  return await eventually("rest", attempt, { deadlineMs, signal })
    .then(() => undefined)
    .catch(() => last);
}
