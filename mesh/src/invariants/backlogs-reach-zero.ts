import { backlogOf } from "../drain.ts";
import { type Finding, finding, type OracleContext } from "./oracle.ts";

/** I9: nothing waits anywhere: three outboxes, the four consumers, the run, and what registry delivers. */
export async function backlogsReachZero(context: OracleContext): Promise<Finding> {
  const places = 3 + 4 + 1 + 1;
  return finding(places, await backlogOf(context));
}
