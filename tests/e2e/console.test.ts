import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { MeshClients } from "@dozor/mesh/mesh-clients";
import { Dimension } from "@dozor/proto/monitoring/v1/report";
import { type Task, TaskState } from "@dozor/proto/monitoring/v1/task";
import type { Page } from "playwright-core";
import { brokenRules, chromiumPath, screenshot, type TestBrowser } from "./console-browser.ts";
import { type ConsoleMesh, startConsoleMesh } from "./console-mesh.ts";

describe.skipIf(chromiumPath === undefined)("the console on the whole mesh", () => {
  let running: ConsoleMesh;
  let browser: TestBrowser;
  let clients: MeshClients;
  beforeAll(async () => {
    running = await startConsoleMesh();
    browser = running.browser;
    clients = running.mesh.clients();
  }, 240_000);
  afterAll(async () => {
    await running?.[Symbol.asyncDispose]();
  }, 60_000);

  const openTasks = async (indicatorKey = ""): Promise<Task[]> =>
    (await clients.tasks.listTasks({ filter: { states: [TaskState.OPEN], indicatorKey }, pageSize: 500 })).tasks;
  /** A free task near the end of the list, where the tests of the first rows do not reach. */
  const freeTask = async (): Promise<Task> => {
    const task = (await openTasks()).at(-1);
    if (!task) throw new Error("find a free task for the test: there is none left");
    return task;
  };
  const number = (task: Task) => String(task.number);
  const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
  const inDialog = (page: Page, name: string) => page.getByRole("dialog").getByRole("button", { name, exact: true });
  const rowCountIs = (page: Page, count: number) =>
    page.waitForFunction((wanted) => document.querySelectorAll("[data-task-id]").length === wanted, count);

  test("whoever is not signed in chooses who they are, and comes where they wanted to", async () => {
    const page = await browser.visit("analyst", "/report");
    await button(page, /Анна Ветрова/).click();
    await page.getByRole("menuitem", { name: "Выйти" }).click();
    await page.getByRole("heading", { name: "Вход" }).waitFor();
    await button(page, /Лариса Орлова/).waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "sign-in");
    await button(page, /Лариса Орлова/).click();
    await page.getByRole("heading", { name: "Сводка" }).waitFor();
    await button(page, "Лариса Орлова руководитель").waitFor();
  });

  test("the inbox shows the free tasks in the service's order, and its filters stay in the address", async () => {
    const tasks = await openTasks();
    expect(tasks.length).toBeGreaterThan(10);
    const page = await browser.visit("analyst", "/tasks");
    await rowCountIs(page, tasks.length);
    expect(await page.locator("[data-task-id]").allTextContents()).toEqual(tasks.map(number));
    await screenshot(page, "tasks");
    await page.getByRole("searchbox").fill(number(tasks[3] as Task));
    await page.waitForURL(/q=/);
    await page.waitForFunction((all) => document.querySelectorAll("[data-task-id]").length < all, tasks.length);
    const found = await page.locator("[data-task-id]").allTextContents();
    await page.reload();
    await rowCountIs(page, found.length);
    expect(await page.locator("[data-task-id]").allTextContents()).toEqual(found);
    await page.getByRole("searchbox").fill("такого нет нигде");
    await page.getByRole("heading", { name: "Ничего не нашлось" }).waitFor();
    await screenshot(page, "no-match");
    await page.getByRole("main").getByRole("button", { name: "Сбросить фильтры" }).last().click();
    await rowCountIs(page, tasks.length);
  });

  test("an analyst takes a task by the keyboard alone, in a Russian layout", async () => {
    const page = await browser.visit("analyst", "/tasks");
    await page.locator("[data-task-id]").first().waitFor();
    // In a Russian layout the key J writes "о": what the page is told is the place and that letter.
    const press = (code: string, key: string) =>
      page.evaluate(
        (init) =>
          document.activeElement?.dispatchEvent(
            new KeyboardEvent("keydown", { ...init, bubbles: true, cancelable: true }),
          ),
        { code, key },
      );
    await press("KeyJ", "о");
    await press("KeyJ", "о");
    await press("KeyK", "л");
    const taken = await page.evaluate(() => document.activeElement?.textContent ?? "");
    await press("KeyC", "с");
    await page.getByText(`Задача № ${taken} взята в работу`).waitFor();
    await press("KeyR", "к");
    await page.getByText("У меня в работе: 1 задача").waitFor();
    await press("Digit7", "?");
    await page.getByRole("dialog", { name: "Горячие клавиши" }).waitFor();
    expect(await brokenRules(page)).toEqual([]);
    const { tasks } = await clients.tasks.listTasks({ filter: { assignee: "analyst" } });
    expect(tasks.map(number)).toEqual([taken]);
  });

  test("what others do waits behind a button, and who comes second learns who was first", async () => {
    const task = await freeTask();
    const list = await browser.visit("analyst", "/tasks");
    await list.getByText("Обновляется").waitFor();
    const slow = await browser.visit("analyst", `/tasks/${task.taskId}`, { deaf: true });
    await button(slow, "Взять в работу").waitFor();
    const quick = await browser.visit("analyst-2", `/tasks/${task.taskId}`);
    await button(quick, "Взять в работу").click();
    await quick.getByText("Задача взята в работу").waitFor();
    await button(list, "Обновить: 1 изменение").waitFor();
    await button(slow, "Взять в работу").click();
    const notice = slow.getByRole("alert").filter({ hasText: "Задачу успели изменить" });
    await notice.getByText("Борис Климов").waitFor();
    expect(await notice.innerText()).toContain("Борис Климов: Взята в работу");
    expect(await brokenRules(slow)).toEqual([]);
    await screenshot(slow, "conflict");
    await list.locator(`[data-task-id="${task.taskId}"]`).waitFor();
    await button(list, "Обновить: 1 изменение").click();
    await list.locator(`[data-task-id="${task.taskId}"]`).waitFor({ state: "detached" });
  });

  test("a task is worked from claim to reopening, and its history tells all of it in order", async () => {
    const task = await freeTask();
    const page = await browser.visit("analyst", `/tasks/${task.taskId}`);
    await page.getByLabel("Комментарий", { exact: true }).fill("Звонили лизингополучателю");
    await page.keyboard.press("Control+Enter");
    await page.getByText("Комментарий добавлен").waitFor();
    await button(page, "Отложить…").click();
    await button(page, "Неделя").click();
    await inDialog(page, "Отложить").click();
    await page.getByText("Заполните поле").waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "snooze");
    await page.getByLabel("Причина").fill("Вернётся в регион к пятнице");
    await inDialog(page, "Отложить").click();
    await page.getByText("Задача отложена").waitFor();
    await button(page, "Решить…").click();
    await page.getByLabel("Ложное срабатывание").check();
    await page.getByLabel("Что выяснили и сделали").fill("Трекер переставили");
    await inDialog(page, "Решить").click();
    await page.getByText("Задача решена").waitFor();
    await button(page, "Открыть снова…").click();
    await page.getByLabel("Причина").fill("Трекер снова молчит");
    await inDialog(page, "Открыть снова").click();
    await page.getByText("Задача открыта снова").waitFor();
    const { task: now, events } = await clients.tasks.getTask({ taskId: task.taskId });
    expect(now?.state).toBe(TaskState.OPEN);
    const done = new Set(events.filter(({ actor }) => actor === "analyst").map(({ type }) => type));
    expect(done).toEqual(new Set(["claimed", "commented", "snoozed", "resolved", "reopened"]));
    const told = await page.locator("ol > li").allInnerTexts();
    expect(told).toHaveLength(events.length);
    expect(told.at(-1)).toContain("Анна Ветрова Открыта снова");
    expect(told.join("\n")).toContain("Решена: Ложное срабатывание");
  });

  test("silence, distance and papers are told in words with their numbers", async () => {
    const sentences: Record<string, RegExp> = {
      no_contact: /Нет связи [\d,]+ дн\. \(порог 3 дн\.\), последний выход \d\d\.\d\d\.\d{4} \d\d:\d\d МСК/,
      far_from_agreed_location: /В [\d\s,]+ км от места эксплуатации по договору \(допустимо [\d\s,]+ км\)/,
      tracker_missing: /Трекера нет: после передачи \d\d\.\d\d\.\d{4} прошло [\d,\s]+ дн\./,
      inn_ogrn_disagree: /ИНН \d+ и ОГРН \d+ принадлежат/,
    };
    for (const [key, sentence] of Object.entries(sentences)) {
      const [task] = await openTasks(key);
      if (!task) throw new Error(`find a task with ${key}: the simulated world has none`);
      const page = await browser.visit("viewer", `/tasks/${task.taskId}`);
      await button(page, sentence).waitFor();
      await page.context().close();
    }
  });

  test("the evidence of a place is drawn on a map that asks nobody outside, and stands in the table as well", async () => {
    const [task] = await openTasks("far_from_agreed_location");
    const page = await browser.visit("analyst", `/tasks/${task?.taskId}`);
    await button(page, /от места эксплуатации по договору/).click();
    await page.locator(".leaflet-land-pane path").first().waitFor();
    await page.locator(".leaflet-tooltip", { hasText: "место по договору" }).waitFor();
    const labels = await page.locator(".leaflet-tooltip").allInnerTexts();
    const distance = labels.find((label) => label.endsWith("км")) ?? "no distance on the map";
    expect(await page.locator("dl").first().innerText()).toContain(distance);
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "task");
  });

  test("who may only look sees the verbs disabled, with the reason", async () => {
    const task = await freeTask();
    const page = await browser.visit("viewer", `/tasks/${task.taskId}`);
    const claim = button(page, "Взять в работу");
    await claim.waitFor();
    expect(await claim.getAttribute("aria-disabled")).toBe("true");
    expect(await claim.getAttribute("aria-description")).toContain("у вашей роли нет прав");
    await claim.click({ force: true });
    expect((await clients.tasks.getTask({ taskId: task.taskId })).task?.version).toBe(task.version);
  });

  test("the summary says what the service says, and its numbers lead to what they count", async () => {
    const { total, rows } = await clients.reports.getSummary({ dimension: Dimension.INDICATOR });
    const page = await browser.visit("lead", "/report");
    await page.getByRole("rowheader").first().waitFor();
    const numbers = await page.locator("dl").first().locator("dd").allInnerTexts();
    const shown = numbers.map((text) => BigInt((text.split("\n")[0] ?? "").replace(/\D/g, "")));
    const { assetCount, watchedAssetCount, taskCount, violationCount } = total ?? {};
    expect(shown.map(String)).toEqual([assetCount, watchedAssetCount, taskCount, violationCount].map(String));
    await screenshot(page, "report");
    const silent = rows.find(({ key }) => key === "no_contact");
    const cells = page.getByRole("row", { name: /Нет связи/ }).getByRole("cell");
    await cells.nth(2).getByRole("link").click();
    await page.waitForURL(/indicator=no_contact/);
    await rowCountIs(page, Number(silent?.taskCount));
    await page.goBack();
    await page.getByRole("link", { name: "Регионы" }).click();
    await page.getByRole("columnheader", { name: "Регион по договору" }).waitFor();
    await page.getByRole("row").nth(1).getByRole("link").first().click();
    await page.getByRole("heading", { name: /Предметы лизинга/ }).waitFor();
    await page.getByRole("rowheader").first().waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "report-assets");
  });

  test("the export is a file that Russian Excel opens", async () => {
    const page = await browser.visit("analyst", "/report?by=kind");
    await button(page, "Выгрузить CSV").click();
    const item = page.getByRole("menuitem", { name: "Эта таблица (CSV)" });
    const [download] = await Promise.all([page.waitForEvent("download"), item.click()]);
    expect(download.suggestedFilename()).toMatch(/^dozor-summary-\d{4}-\d\d-\d\d\.csv$/);
    const bytes = await Bun.file(await download.path()).bytes();
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const text = new TextDecoder().decode(bytes);
    expect(text.split("\r\n").length).toBeGreaterThan(3);
    expect(text).toContain("passenger_car;");
  });

  test("a run that begins elsewhere appears and ends without a reload, and its proof is recomputed", async () => {
    const page = await browser.visit("operator", "/runs");
    await page.getByText("Завершён").first().waitFor();
    await button(page, "Запустить прогон").click();
    await page.getByText("на каждый день один прогон").waitFor();
    const asOf = { seconds: BigInt(Math.floor(running.now.getTime() / 1000)), nanos: 0 };
    const tomorrow = new Date(running.now.getTime() + 24 * 3600_000);
    const businessDate = new Intl.DateTimeFormat("sv", { timeZone: "Europe/Moscow" }).format(tomorrow);
    await clients.runs.startRun({ businessDate, asOf });
    const title = `Последний прогон · ${businessDate.split("-").reverse().join(".")}`;
    await page.getByRole("heading", { name: title }).waitFor();
    await page.getByRole("progressbar", { name: "Ход прогона" }).waitFor();
    await button(page, "Пересчитать").click();
    await page.getByText("Совпадает: все вердикты на месте").waitFor();
    await screenshot(page, "runs");
    expect(await page.locator("table").last().getByRole("row").count()).toBe(3);
  });

  test.each(["light", "dark"] as const)(
    "every page can be read in %s colours and by a screen reader",
    async (colorScheme) => {
      const [task] = await openTasks("trackers_disagree");
      const pages = {
        tasks: "/tasks",
        task: `/tasks/${task?.taskId}`,
        report: "/report?by=watch_reason",
        assets: "/report/assets?only=task",
        runs: "/runs",
      };
      for (const [name, path] of Object.entries(pages)) {
        const page = await browser.visit("lead", path, { colorScheme });
        await page.locator("main table, main dl").first().waitFor();
        expect({ name, broken: await brokenRules(page) }).toEqual({ name, broken: [] });
        await screenshot(page, `${colorScheme}-${name}`);
        await page.context().close();
      }
    },
  );

  test("the whole console speaks English when asked to", async () => {
    const page = await browser.visit("analyst", "/tasks");
    await button(page, /Анна Ветрова/).click();
    await page.getByRole("menuitem", { name: "English" }).click();
    await page.getByRole("heading", { name: "Tasks", exact: true }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    await page.locator("[data-task-id]").first().click();
    await page.getByRole("heading", { name: "Violations" }).waitFor();
    await page.locator("main dl").first().waitFor();
    await screenshot(page, "english-task");
    const ours = await page.locator("nav, main h2, main h3, main dt, [role=toolbar]").allInnerTexts();
    expect(ours.join(" ")).not.toMatch(/[а-яё]/i);
  });

  test("nothing left the origin, threw, or broke the page's policy", () => {
    expect(browser.misdeeds).toEqual([]);
  });
});
