import common from "./en/common.json";
import findings from "./en/findings.json";
import integration from "./en/integration.json";
import reconciliations from "./en/reconciliations.json";
import report from "./en/report.json";
import runs from "./en/runs.json";
import signIn from "./en/sign-in.json";
import task from "./en/task.json";
import tasks from "./en/tasks.json";
import words from "./en/words.json";

export const en = { common, findings, integration, reconciliations, report, runs, signIn, task, tasks, words };
