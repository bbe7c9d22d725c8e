import common from "./ru/common.json";
import findings from "./ru/findings.json";
import integration from "./ru/integration.json";
import reconciliations from "./ru/reconciliations.json";
import report from "./ru/report.json";
import runs from "./ru/runs.json";
import signIn from "./ru/sign-in.json";
import task from "./ru/task.json";
import tasks from "./ru/tasks.json";
import words from "./ru/words.json";

export const ru = { common, findings, integration, reconciliations, report, runs, signIn, task, tasks, words };
