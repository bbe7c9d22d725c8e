import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { callUnaryMethod, useTransport } from "@connectrpc/connect-query";
import { type Task, type TaskEvent, type TaskOutcome, TaskService } from "@dozor/proto/monitoring/v1/task";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { timestampOf } from "../../lib/company-time.ts";
import type { TransitionKey } from "../../lib/enum-keys.ts";
import { errorKey } from "../../lib/words/error-words.ts";
import { useNotify } from "../../parts/notices.tsx";

export type TaskActions = {
  busy: boolean;
  /** What others did between the version that the person saw and now, when that made their action fail. */
  conflict: readonly TaskEvent[] | undefined;
  dismissConflict: () => void;
  claim: () => Promise<boolean>;
  release: () => Promise<boolean>;
  close: () => Promise<boolean>;
  assign: (assignee: string, assigneeName: string) => Promise<boolean>;
  snooze: (until: Date, reason: string) => Promise<boolean>;
  resolve: (outcome: TaskOutcome, note: string) => Promise<boolean>;
  reopen: (reason: string) => Promise<boolean>;
  comment: (comment: string, requestId: string) => Promise<boolean>;
};

const methods = TaskService.method;

/** Everything a person can do with the task, decided on the version they see. Each answers whether it was done. */
export function useTaskActions(task: Task, events: readonly TaskEvent[], reload: () => Promise<unknown>): TaskActions {
  const { t } = useTranslation();
  const transport = useTransport();
  const notify = useNotify();
  const [busy, setBusy] = useState(false);
  const [conflict, setConflict] = useState<readonly TaskEvent[]>();
  const { taskId, version } = task;

  async function act<I extends DescMessage, O extends DescMessage>(
    name: TransitionKey | "comment",
    method: DescMethodUnary<I, O>,
    input: MessageInitShape<I>,
  ): Promise<boolean> {
    setBusy(true);
    try {
      await call(method, input);
      setConflict(undefined);
      await reload();
      notify("done", t(`task.done.${name}`));
      return true;
    } catch (error) {
      if (changedMeanwhile(error)) await showConflict();
      else notify("failed", `${t("task.failed")}. ${t(`common.error.${errorKey(error)}`)}`);
      return false;
    } finally {
      setBusy(false);
    }
  }

  function call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    input: MessageInitShape<I>,
  ): Promise<MessageShape<O>> {
    return callUnaryMethod(transport, method, input);
  }

  async function showConflict() {
    const known = new Set(events.map(({ eventId }) => eventId));
    const now = await call(methods.getTask, { taskId }).catch(() => undefined);
    setConflict(now?.events.filter(({ eventId }) => !known.has(eventId)) ?? []);
    await reload();
  }

  return {
    busy,
    conflict,
    dismissConflict: () => setConflict(undefined),
    claim: () => act("claim", methods.claimTask, { taskId, version }),
    release: () => act("release", methods.releaseTask, { taskId, version }),
    close: () => act("close", methods.closeTask, { taskId, version }),
    assign: (assignee, assigneeName) => act("assign", methods.assignTask, { taskId, version, assignee, assigneeName }),
    snooze: (until, reason) =>
      act("snooze", methods.snoozeTask, { taskId, version, until: timestampOf(until), reason }),
    resolve: (outcome, note) => act("resolve", methods.resolveTask, { taskId, version, outcome, note }),
    reopen: (reason) => act("reopen", methods.reopenTask, { taskId, version, reason }),
    comment: (comment, requestId) => act("comment", methods.commentTask, { taskId, comment, requestId }),
  };
}

/** Another change came first (ABORTED), or has already led where this transition is not allowed. */
function changedMeanwhile(error: unknown): boolean {
  return [Code.Aborted, Code.FailedPrecondition].includes(ConnectError.from(error).code);
}
