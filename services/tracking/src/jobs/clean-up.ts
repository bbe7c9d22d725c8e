import type { Job } from "@dozor/runtime/job";
import type { Context } from "../context.ts";
import { forgetQuarantined } from "../store/quarantine.ts";

const quarantineDays = 90;
const rowsPerCommit = 1_000;

/** Forgets what was quarantined and did not come again for three months. */
export const cleanUp: Job<Context> = {
  name: "clean-up",
  everyMs: 21_600_000,
  async runOnce(_context, run) {
    for (;;) {
      run.signal.throwIfAborted();
      const count = await run.commit("quarantine.forget", (tx) => forgetQuarantined(tx, quarantineDays, rowsPerCommit));
      if (count < rowsPerCommit) return;
    }
  },
};
