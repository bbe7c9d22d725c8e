import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
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

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    signInRoute,
    homeRoute,
    taskListRoute,
    taskRoute,
    reportRoute,
    reportAssetsRoute,
    runsRoute,
  ]),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
