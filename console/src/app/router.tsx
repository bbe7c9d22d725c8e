import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { readDeadLettersSearch } from "../pages/integration/dead-letters/dead-letters-search.ts";
import { readFindingsSearch } from "../pages/integration/findings/findings-search.ts";
import { readQueueSearch } from "../pages/integration/queue/queue-search.ts";
import { readReconciliationsSearch } from "../pages/integration/reconciliations/reconciliations-search.ts";
import { readTraceSearch } from "../pages/integration/trace/trace-search.ts";
import { readReportAssetsSearch, readReportSearch } from "../pages/report/report-search.ts";
import { TaskListPage } from "../pages/task-list/task-list-page.tsx";
import { readTaskListSearch } from "../pages/task-list/task-list-search.ts";
import { BrokenPage } from "../parts/broken-page.tsx";
import { MissingPage } from "../parts/missing-page.tsx";
import { currentSession } from "./session.ts";
import { Shell } from "./shell.tsx";

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: MissingPage, errorComponent: BrokenPage });

const requireSession = ({ location }: { location: { href: string } }) => {
  if (!currentSession()) throw redirect({ to: "/sign-in", search: { next: location.href } });
};

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search.next === "string" && /^\/(?!\/)/.test(search.next) ? { next: search.next } : {},
  component: lazyRouteComponent(() => import("../pages/sign-in/sign-in-page.tsx"), "SignInPage"),
});

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/tasks" });
  },
});

const taskListRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/tasks",
  beforeLoad: requireSession,
  validateSearch: readTaskListSearch,
  component: TaskListPage,
});

const taskRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/tasks/$taskId",
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import("../pages/task/task-page.tsx"), "TaskPage"),
});

const reportRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/report",
  beforeLoad: requireSession,
  validateSearch: readReportSearch,
  component: lazyRouteComponent(() => import("../pages/report/report-page.tsx"), "ReportPage"),
});

const reportAssetsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/report/assets",
  beforeLoad: requireSession,
  validateSearch: readReportAssetsSearch,
  component: lazyRouteComponent(() => import("../pages/report/report-assets-page.tsx"), "ReportAssetsPage"),
});

const runsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs",
  beforeLoad: requireSession,
  validateSearch: (search: Record<string, unknown>): { run?: string } =>
    typeof search.run === "string" ? { run: search.run } : {},
  component: lazyRouteComponent(() => import("../pages/runs/runs-page.tsx"), "RunsPage"),
});

const queueRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/integration",
  beforeLoad: requireSession,
  validateSearch: readQueueSearch,
  component: lazyRouteComponent(() => import("../pages/integration/queue/queue-page.tsx"), "QueuePage"),
});

const messageRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/integration/$service/$recordId",
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import("../pages/integration/message/message-page.tsx"), "MessagePage"),
});

const deadLettersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/integration/dead-letters",
  beforeLoad: requireSession,
  validateSearch: readDeadLettersSearch,
  component: lazyRouteComponent(
    () => import("../pages/integration/dead-letters/dead-letters-page.tsx"),
    "DeadLettersPage",
  ),
});

const deadLetterRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/integration/dead-letters/$service/$letterId",
  beforeLoad: requireSession,
  component: lazyRouteComponent(
    () => import("../pages/integration/dead-letters/dead-letter-page.tsx"),
    "DeadLetterPage",
  ),
});

const findingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/integration/findings",
  beforeLoad: requireSession,
  validateSearch: readFindingsSearch,
  component: lazyRouteComponent(() => import("../pages/integration/findings/findings-page.tsx"), "FindingsPage"),
});

const findingRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/integration/findings/$service/$findingId",
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import("../pages/integration/findings/finding-page.tsx"), "FindingPage"),
});

const reconciliationsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/integration/reconciliations",
  beforeLoad: requireSession,
  validateSearch: readReconciliationsSearch,
  component: lazyRouteComponent(
    () => import("../pages/integration/reconciliations/reconciliations-page.tsx"),
    "ReconciliationsPage",
  ),
});

const traceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/integration/trace",
  beforeLoad: requireSession,
  validateSearch: readTraceSearch,
  component: lazyRouteComponent(() => import("../pages/integration/trace/trace-page.tsx"), "TracePage"),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    signInRoute,
    homeRoute,
    taskListRoute,
    taskRoute,
    reportRoute,
    reportAssetsRoute,
    runsRoute,
    queueRoute,
    messageRoute,
    deadLettersRoute,
    deadLetterRoute,
    findingsRoute,
    findingRoute,
    reconciliationsRoute,
    traceRoute,
  ]),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
