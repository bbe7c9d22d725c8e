import type { Job } from "@dozor/runtime/job";
import type { RegistryContext } from "../context.ts";
import { forgetFocusAnswers } from "../store/focus-answer.ts";

const answersKeptMs = 30 * 86_400_000;
const batchMax = 1_000;

/** Forgets answers of Kontur.Focus that nobody will ask for again. */
export const cleanUp: Job<RegistryContext> = {
  name: "clean-up",
  everyMs: 6 * 3_600_000,
  async runOnce({ clock }, run) {
    const before = new Date(clock.now().getTime() - answersKeptMs);
    for (let gone = batchMax; gone === batchMax; ) {
      run.signal.throwIfAborted();
      gone = await run.commit("focus_answer.forget", (tx) => forgetFocusAnswers(tx, before, batchMax));
    }
  },
};
