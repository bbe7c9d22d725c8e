import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { firstPass } from "@dozor/mesh/first-pass";
import { type Mesh, startMesh } from "@dozor/mesh/mesh";
import { freePortBase } from "@dozor/mesh/ports";
import { temporaryDataDir } from "@dozor/mesh/temporary-data-dir";
import { TaskOutcome, TaskState } from "@dozor/proto/monitoring/v1/task";
import { chromiumPath, visit } from "./visit.ts";

describe.skipIf(chromiumPath === undefined)("the console in a browser", () => {
  const dataDir = temporaryDataDir("dozor-e2e-");
  let mesh: Mesh;
  let origin: string;
  beforeAll(async () => {
    const portBase = await freePortBase(1);
    mesh = await startMesh({ dataDir, portBase, assets: 300, durable: false, scheduled: false });
    await firstPass(mesh);
    origin = `http://127.0.0.1:${mesh.ports.console}`;
  }, 240_000);
  afterAll(async () => {
    await mesh?.[Symbol.asyncDispose]();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test("an analyst takes a task by the keyboard under a Russian layout, comments on it and resolves it", async () => {
    await using analyst = await visit(origin, /Ветрова/);
    const { page } = analyst;
    await page.getByRole("row").nth(1).waitFor();
    await analyst.look("task-list");
    // Under a Russian layout the key next to "h" types "о": shortcuts go by the place of the key.
    await page.keyboard.press("KeyJ");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Нарушения" }).waitFor();
    await page.keyboard.press("KeyC");
    await page.getByRole("button", { name: "Вернуть в свободные" }).and(page.locator(":enabled")).waitFor();
    await page.getByLabel("Комментарий").fill("Позвонил лизингополучателю");
    await page.keyboard.press("Control+Enter");
    await page.getByText("Позвонил лизингополучателю").first().waitFor();
    await analyst.look("task-page");
    expect(await analyst.breaches()).toEqual([]);

    await page.getByRole("button", { name: "Решить…" }).click();
    await page.getByRole("radio").first().check();
    await page.getByLabel("Что выяснили и сделали").fill("Машина найдена, риск подтверждён");
    await page.getByRole("dialog").getByRole("button", { name: "Решить", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });

    const taskId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    const { task, events } = await mesh.clients().tasks.getTask({ taskId });
    expect(task?.state).toBe(TaskState.RESOLVED);
    expect(task?.outcome).toBe(TaskOutcome.CONFIRMED_RISK);
    expect(events.map(({ type, actor }) => `${type} by ${actor}`)).toContain("resolved by analyst");
    expect(events.map(({ comment }) => comment)).toContain("Позвонил лизингополучателю");
    expect(analyst.strangers).toEqual([]);
    expect(analyst.errors).toEqual([]);
  });

  test("the numbers of the report are those of the server, and its list can be read without a mouse or eyes", async () => {
    await using viewer = await visit(origin, /Смотрова/);
    const { page } = viewer;
    await page.getByRole("link", { name: "Сводка" }).click();
    await page.getByRole("table").first().waitFor();
    await viewer.look("report");
    const { total } = await mesh.clients().reports.getSummary({ dimension: 1 });
    await page.getByText(String(total?.taskCount), { exact: true }).first().waitFor();
    expect(await viewer.breaches()).toEqual([]);
    await page.getByRole("link", { name: "Задачи" }).first().click();
    await page.getByRole("row").nth(1).waitFor();
    expect(await viewer.breaches()).toEqual([]);
  });

  test("the run is shown with its proof, in English too, and only an operator may start one", async () => {
    await using operator = await visit(origin, /Дежурный/, "en");
    const { page } = operator;
    await page.getByRole("link", { name: "Runs" }).click();
    await page.getByRole("heading", { level: 1, name: "Runs" }).waitFor();
    await page.getByRole("table").first().waitFor();
    await operator.look("runs");
    expect(await operator.breaches()).toEqual([]);
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    expect(operator.strangers).toEqual([]);
  });

  test("the pages forbid scripts of others and are not framed", async () => {
    const response = await fetch(origin);
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain("unsafe-eval");
    expect(policy.match(/script-src[^;]*/)?.[0] ?? "").not.toContain("unsafe-inline");
  });
});
