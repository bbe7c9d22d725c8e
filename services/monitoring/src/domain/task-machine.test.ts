import { expect, test } from "bun:test";
import {
  allowedTransitions,
  nextTaskState,
  type TaskActor,
  type TaskState,
  type TaskTransition,
  taskStates,
  taskTransitions,
} from "./task-machine.ts";

const roles = ["viewer", "analyst", "lead", "integration_admin", "operator", "service", "system"] as const;
type Owner = "mine" | "theirs" | "nobody";
const owners: readonly Owner[] = ["mine", "theirs", "nobody"];

// Written as people would say it, apart from the table that it checks: "state transition -> state: who".
const expected: Record<string, { to: string; who: string }> = {
  "open claim": { to: "in_progress", who: "analyst lead" },
  "open assign": { to: "in_progress", who: "lead" },
  "in_progress assign": { to: "in_progress", who: "lead" },
  "snoozed assign": { to: "in_progress", who: "lead" },
  "in_progress release": { to: "open", who: "owner lead" },
  "open snooze": { to: "snoozed", who: "owner lead" },
  "in_progress snooze": { to: "snoozed", who: "owner lead" },
  "in_progress resolve": { to: "resolved", who: "owner lead" },
  "snoozed resolve": { to: "resolved", who: "owner lead" },
  "resolved reopen": { to: "open", who: "analyst lead" },
  "resolved close": { to: "closed", who: "lead" },
  "snoozed wake": { to: "back", who: "system" },
};

function expectedState(state: TaskState, transition: TaskTransition, role: string, owner: Owner): string | undefined {
  const rule = expected[`${state} ${transition}`];
  if (rule === undefined) return undefined;
  const may =
    rule.who.split(" ").includes(role) || (rule.who.startsWith("owner") && role === "analyst" && owner !== "theirs");
  if (!may) return undefined;
  if (rule.to !== "back") return rule.to;
  return owner === "nobody" ? "open" : "in_progress";
}

test("every transition from every state by every role goes where the table says, or nowhere", () => {
  let count = 0;
  for (const state of taskStates) {
    for (const transition of taskTransitions) {
      for (const role of roles) {
        for (const owner of owners) {
          const actor: TaskActor = { subject: "me", roles: [role] };
          const assignee = { mine: "me", theirs: "them", nobody: undefined }[owner];
          const next = nextTaskState({ state, assignee }, transition, actor);
          const wanted = expectedState(state, transition, role, owner);
          expect(`${state} ${transition} ${role} ${owner}: ${typeof next === "string" ? next : "refused"}`).toBe(
            `${state} ${transition} ${role} ${owner}: ${wanted ?? "refused"}`,
          );
          count += 1;
        }
      }
    }
  }
  expect(count).toBe(5 * 8 * 7 * 3);
});

test("what is offered is exactly what would be accepted", () => {
  for (const state of taskStates) {
    const actor: TaskActor = { subject: "me", roles: ["analyst"] };
    const offered = allowedTransitions({ state, assignee: undefined }, actor);
    for (const transition of taskTransitions) {
      const isAccepted = typeof nextTaskState({ state, assignee: undefined }, transition, actor) === "string";
      expect(offered.includes(transition)).toBe(isAccepted);
    }
  }
});

test("a closed task stays closed", () => {
  const everybody: TaskActor = { subject: "me", roles: [...roles] };
  expect(allowedTransitions({ state: "closed", assignee: "me" }, everybody)).toEqual([]);
});

test("a refusal says whether the role, the state or the assignee is in the way", () => {
  const analyst: TaskActor = { subject: "me", roles: ["analyst"] };
  expect(nextTaskState({ state: "resolved", assignee: undefined }, "close", analyst)).toEqual({ refused: "role" });
  expect(nextTaskState({ state: "open", assignee: undefined }, "resolve", analyst)).toEqual({ refused: "state" });
  expect(nextTaskState({ state: "in_progress", assignee: "them" }, "release", analyst)).toEqual({
    refused: "assignee",
  });
});
