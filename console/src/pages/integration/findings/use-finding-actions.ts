import type { DescMessage, DescMethodUnary, MessageInitShape } from "@bufbuild/protobuf";
import { callUnaryMethod, useTransport } from "@connectrpc/connect-query";
import { DataQualityService, type Finding, type FindingResolution } from "@dozor/proto/integration/v1/data_quality";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNotify } from "../../../parts/notices.tsx";
import { useAct } from "../use-act.ts";

export type FindingActions = {
  busy: boolean;
  /** The version that the person saw when somebody else was faster. */
  overtakenAt: bigint | undefined;
  dismissOvertaken: () => void;
  /** Each answers whether it is over. An empty owner is nobody. */
  assign: (owner: string) => Promise<boolean>;
  settle: (resolution: FindingResolution, reason: string) => Promise<boolean>;
  reopen: (reason: string) => Promise<boolean>;
};

/** Decided on the version of the finding that the person sees. */
export function useFindingActions({ id, version }: Finding, reload: () => Promise<unknown>): FindingActions {
  const { t } = useTranslation();
  const transport = useTransport();
  const notify = useNotify();
  const [overtakenAt, setOvertakenAt] = useState<bigint>();
  const { busy, act } = useAct(reload, { onOvertaken: () => setOvertakenAt(version) });
  const { assignFinding, settleFinding, reopenFinding } = DataQualityService.method;
  const change = <I extends DescMessage, O extends DescMessage>(
    done: "taken" | "released" | "settled" | "reopened",
    method: DescMethodUnary<I, O>,
    input: MessageInitShape<I>,
  ) =>
    act(
      () => callUnaryMethod(transport, method, input),
      () => {
        setOvertakenAt(undefined);
        notify("done", t(`findings.done.${done}`));
      },
    );
  return {
    busy,
    overtakenAt,
    dismissOvertaken: () => setOvertakenAt(undefined),
    assign: (owner) => change(owner === "" ? "released" : "taken", assignFinding, { id, version, owner }),
    settle: (resolution, reason) => change("settled", settleFinding, { id, version, resolution, reason }),
    reopen: (reason) => change("reopened", reopenFinding, { id, version, reason }),
  };
}
