import type { HopState } from "@dozor/proto/monitoring/v1/trace";
import type { ReactNode } from "react";
import { hopStateKeys } from "../integration-keys.ts";
import { HopMark } from "../state-mark.tsx";
import classes from "./trace.module.css";

type Props = { title: string; state: HopState | undefined; children?: ReactNode };

/** One station of the chain: what it is, how it stands, and what it holds. A station that cannot be wrong has no state. */
export function TraceStep({ title, state, children }: Props) {
  return (
    <li className={classes.step} data-hop={state === undefined ? undefined : hopStateKeys[state]}>
      <div className={classes.stepHead}>
        <h3>{title}</h3>
        {state !== undefined && <HopMark state={state} />}
      </div>
      <div className={classes.stepBody}>{children}</div>
    </li>
  );
}
