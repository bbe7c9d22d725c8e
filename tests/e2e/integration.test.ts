import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Client } from "@connectrpc/connect";
import {
  DataQualityService,
  type Finding,
  FindingResolution,
  FindingState,
} from "@dozor/proto/integration/v1/data_quality";
import { DeadLetterService, DeadLetterState } from "@dozor/proto/integration/v1/dead_letter";
import { Direction, IntegrationQueueService, type Message, MessageState } from "@dozor/proto/integration/v1/queue";
import { subject, topics } from "@dozor/proto/streams";
import { createGrpcClient } from "@dozor/runtime/client";
import { eventually } from "@dozor/testkit/eventually";
import { connect } from "nats";
import type { Page } from "playwright-core";
import { brokenRules, chromiumPath, screenshot, type TestBrowser } from "./console-browser.ts";
import { type ConsoleMesh, startConsoleMesh } from "./console-mesh.ts";

// What an administrator does in the browser when objects are stuck: find, see why, have it mended, try again, compare.

const refusal = "no such kind of object";

describe.skipIf(chromiumPath === undefined)("the integration in the console, on the whole mesh", () => {
  let running: ConsoleMesh;
  let browser: TestBrowser;
  let queue: Client<typeof IntegrationQueueService>;
  let letters: Client<typeof DeadLetterService>;
  let quality: Client<typeof DataQualityService>;

  beforeAll(async () => {
    // Nothing that registry sends is taken, from the first object on.
    const before = (mesh: ConsoleMesh["mesh"]) =>
      receiver(mesh, "refuse", { objectId: "*", status: 422, body: refusal });
    running = await startConsoleMesh({ assets: 60, before });
    browser = running.browser;
    const token = () => running.mesh.tokens.meshToken;
    const urlOf = (service: "registry" | "tracking") => running.mesh.services[service][0]?.grpcUrl ?? "";
    queue = createGrpcClient(IntegrationQueueService, { baseUrl: urlOf("registry"), token, timeoutMs: 60_000 });
    quality = createGrpcClient(DataQualityService, { baseUrl: urlOf("registry"), token, timeoutMs: 60_000 });
    letters = createGrpcClient(DeadLetterService, { baseUrl: urlOf("tracking"), token, timeoutMs: 60_000 });
  }, 240_000);
  afterAll(async () => {
    await running?.[Symbol.asyncDispose]();
  }, 60_000);

  const receiver = async (mesh: ConsoleMesh["mesh"], name: "refuse" | "accept", body: object) => {
    const url = `http://127.0.0.1:${mesh.ports.receiver}/_admin/${name}`;
    expect((await fetch(url, { method: "POST", body: JSON.stringify(body) })).status).toBe(200);
  };
  const refused = { source: "risk-portal", direction: Direction.OUTBOUND, states: [MessageState.FAILED] };
  const stuckMessages = async (): Promise<Message[]> =>
    (await queue.listMessages({ filter: refused, pageSize: 500 })).messages;
  const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
  const inDialog = (page: Page, name: string | RegExp) => page.getByRole("dialog").getByRole("button", { name });

  test("who may not see the exchange has no entry for it, and is told so by a link", async () => {
    const page = await browser.visit("analyst", "/integration?state=failed");
    await page.getByRole("heading", { name: "Раздел закрыт для вашей роли" }).waitFor();
    expect(
      await page.getByRole("navigation", { name: "Разделы", exact: true }).getByRole("link").allTextContents(),
    ).toEqual(["Задачи", "Сводка", "Прогоны"]);
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "integration-forbidden");
  });

  test("an object that its receiver refused is found by the error, explained, mended, sent again and equal everywhere", async () => {
    const stuck = await eventually(
      "the receiver's refusals to be in the journal",
      async () => {
        const { counts } = await queue.listMessages({ filter: { ...refused, states: [] } });
        return counts?.created === 0n && counts.received === 0n && counts.failed > 2n ? stuckMessages() : undefined;
      },
      { deadlineMs: 60_000 },
    );
    const page = await browser.visit("integration_admin", "/integration");
    await page.getByRole("searchbox").fill(refusal.toUpperCase());
    await page.waitForURL(/error=/);
    await page.waitForFunction(
      (wanted) => document.querySelectorAll("[data-record-id]").length === wanted,
      Math.min(stuck.length, 100),
    );
    await button(page, new RegExp(`^${stuck.length}\\s*С ошибкой`)).waitFor();
    await screenshot(page, "integration-found");

    const message = stuck.at(-1) as Message;
    await page.locator(`[data-record-id="${message.recordId}"]`).click();
    await page.getByRole("heading", { name: "Почему не прошло" }).waitFor();
    await page.getByText("HTTP 422", { exact: true }).first().waitFor();
    expect(await page.getByRole("main").textContent()).toContain(refusal);
    await button(page, "Повторить…").click();
    await page.getByRole("dialog").getByLabel("Причина").fill("может быть, уже починили");
    await inDialog(page, "Повторить").click();
    await page.getByText("Сообщение снова в очереди").waitFor();
    await page.getByText("Попытка 2", { exact: true }).waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "integration-message");

    await receiver(running.mesh, "accept", {});
    await button(page, "Повторить…").click();
    await page.getByRole("dialog").getByLabel("Причина").fill("портал починили");
    await inDialog(page, "Повторить").click();
    // Nobody reloads: the page follows the message.
    await page.getByText("Обработано", { exact: true }).first().waitFor();
    await page.getByText("Попытка 3", { exact: true }).waitFor();
    const retry = button(page, "Повторить…");
    expect(await retry.getAttribute("aria-disabled")).toBe("true");
    expect(await retry.getAttribute("aria-description")).toContain("сообщение не в ошибке");

    await page.getByRole("link", { name: "Где объект" }).click();
    await page.getByText("У всех целевая версия").waitFor();
    const versions = await page
      .locator("[data-part]")
      .evaluateAll((marks) =>
        marks.map((mark) => ({ part: mark.getAttribute("data-part"), differs: mark.getAttribute("data-differs") })),
      );
    expect(versions.map(({ part }) => part)).toContain("entity");
    expect(versions.filter(({ differs }) => differs === "true")).toEqual([]);
    expect(await page.getByText("counterparty.changed").first().isVisible()).toBe(true);
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "integration-trace-sent");
    const there = await fetch(`http://127.0.0.1:${running.mesh.ports.receiver}/_admin/object?id=${message.objectId}`);
    expect(await there.json()).toMatchObject({ recordIds: [message.recordId], versions: [message.objectVersion] });
  });

  test("an outage is one line, and all of it is tried again by one decision that says what became of each", async () => {
    const stuck = await stuckMessages();
    expect(stuck.length).toBeGreaterThan(1);
    const page = await browser.visit("integration_admin", "/integration?source=risk-portal&by=error");
    const line = page.getByRole("row").filter({ hasText: refusal });
    await line.waitFor();
    expect(await line.count()).toBe(1);
    await screenshot(page, "integration-groups");
    await line.getByRole("link", { name: `Показать сообщения: ${stuck.length}` }).click();
    await page.waitForURL(/fingerprint=/);
    await page.getByText("Обновляется").waitFor();
    await button(page, "Повторить все с ошибкой…").click();
    await inDialog(page, `Повторить: ${stuck.length}`).click();
    await page.getByText("Заполните поле").waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "integration-retry-all");
    await page.getByRole("dialog").getByLabel("Причина").fill("портал снова работает");
    await inDialog(page, `Повторить: ${stuck.length}`).click();
    await page.getByText(`Готово. Повторено: ${stuck.length}, не удалось: 0`).waitFor();
    await screenshot(page, "integration-retry-done");
    await page.getByRole("dialog").getByRole("button", { name: "Закрыть" }).last().click();
    // What was sent waits behind the button, or empties the list by itself.
    await eventually("everything to be delivered", async () => (await stuckMessages()).length === 0, {
      deadlineMs: 60_000,
    });
    await button(page, /^Обновить/).click();
    await page.getByRole("heading", { name: "Ничего не нашлось" }).waitFor();
  });

  test("a record that its source wrote wrong is shown as it came, refused again, and traced to where it stopped", async () => {
    const { messages } = await queue.listMessages({
      filter: { source: "1c", direction: Direction.INBOUND, states: [MessageState.FAILED] },
    });
    const [record] = messages;
    if (!record) throw new Error("find a refused record: the simulated base has no dirt");
    const page = await browser.visit("integration_admin", `/integration/registry/${record.recordId}`);
    await page.getByText("DeletionMark").waitFor();
    await button(page, "Повторить…").click();
    await inDialog(page, "Повторить").click();
    await page.getByText("снова отклонено").waitFor();
    await page.getByText("Попытка 1", { exact: true }).waitFor();
    await button(page, "Пропустить…").click();
    await inDialog(page, "Пропустить").click();
    await page.getByText("Заполните поле").waitFor();
    await page.getByRole("dialog").getByLabel("Причина").fill("договор удалят в 1С");
    await inDialog(page, "Пропустить").click();
    // The reason stands in the dialog too, until the service has answered.
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByText("договор удалят в 1С").waitFor();
    const { message } = await queue.getMessage({ recordId: record.recordId });
    expect(message).toMatchObject({ skippedBy: "integration_admin", skipReason: "договор удалят в 1С" });
    await page.getByRole("link", { name: "Где объект" }).click();
    await page
      .getByText(/Реестр не принял ни одной записи|Новая запись отклонена/)
      .first()
      .waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "integration-trace-refused");
  });

  test("a system is held up with a reason, everybody sees by whom, and it is resumed", async () => {
    const { messages } = await queue.listMessages({ filter: { source: "risk-portal" }, pageSize: 1 });
    const page = await browser.visit("integration_admin", `/integration/registry/${messages[0]?.recordId}`);
    await button(page, "Приостановить систему…").click();
    await page.getByRole("dialog").getByLabel("Причина").fill("портал обновляют до обеда");
    await inDialog(page, "Приостановить").click();
    await button(page, "Возобновить систему").waitFor();
    const list = await browser.visit("operator", "/integration");
    const held = list.getByRole("region", { name: "Приостановлено" });
    await held.getByText("портал обновляют до обеда").waitFor();
    expect(await held.textContent()).toContain("integration_admin");
    expect(await brokenRules(list)).toEqual([]);
    await screenshot(list, "integration-paused");
    await held.getByRole("button", { name: "Возобновить" }).click();
    await held.waitFor({ state: "detached" });
    expect((await queue.listPauses({})).pauses).toEqual([]);
  });

  test("a dead letter of one service says why it died, is handed to its consumer again, and is given up with a reason", async () => {
    const nats = await connect({ servers: running.mesh.nats.url });
    const poison = new Uint8Array([0xff, 0xff, 0xff]);
    const to = subject(running.mesh.streamNames, topics.check, 0);
    await nats.jetstream().publish(to, poison, { msgID: crypto.randomUUID() });
    await nats.close();
    const [letter] = await eventually(
      "the poisoned request to be a dead letter",
      async () => {
        const { deadLetters } = await letters.listDeadLetters({ state: DeadLetterState.OPEN });
        return deadLetters.length > 0 ? deadLetters : undefined;
      },
      { deadlineMs: 30_000 },
    );
    const id = letter?.id ?? 0n;
    const page = await browser.visit("integration_admin", "/integration/dead-letters");
    await page.getByRole("heading", { name: "Недоставленных нет" }).waitFor();
    await page.getByText("Слежение", { exact: true }).click();
    await page.locator(`[data-letter-id="${id}"]`).waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "integration-dead-letters");
    await page.locator(`[data-letter-id="${id}"]`).click();
    await page.getByText("ff ff ff").waitFor();
    await page.getByText("не удалось разобрать").waitFor();
    await button(page, "Повторить…").click();
    await inDialog(page, "Повторить").click();
    await page.getByText("Отправлено на повтор: 1").waitFor();
    await eventually(
      "the letter to be open again",
      async () => (await letters.getDeadLetter({ id })).deadLetter?.state === DeadLetterState.OPEN,
      { deadlineMs: 60_000 },
    );
    await page.reload();
    await button(page, "Отбросить…").click();
    await page.getByRole("dialog").getByLabel("Причина").fill("никто такого не спрашивал");
    await inDialog(page, "Отбросить").click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByText("никто такого не спрашивал").waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "integration-dead-letter");
    expect((await letters.getDeadLetter({ id })).deadLetter).toMatchObject({
      state: DeadLetterState.DISCARDED,
      settledBy: "integration_admin",
    });
  });

  test("an asset is traced from its task's page by who may see it", async () => {
    const { tasks } = await running.mesh.clients().tasks.listTasks({ pageSize: 1 });
    const page = await browser.visit("operator", `/tasks/${tasks[0]?.taskId}`);
    await page.getByRole("link", { name: "Где объект в системах" }).click();
    await page.getByText("У всех целевая версия").waitFor();
    const held = await page
      .locator('[data-part="monitoring"], [data-part="tracking"], [data-part="snapshot"]')
      .evaluateAll((marks) => marks.map((mark) => mark.getAttribute("data-version")));
    expect(held).toHaveLength(3);
    expect(new Set(held).size).toBe(1);
    await page
      .getByRole("link", { name: /Прогон за/ })
      .first()
      .waitFor();
    await screenshot(page, "integration-trace-asset");
  });

  const openFindings = async (): Promise<Finding[]> =>
    (await quality.listFindings({ state: FindingState.OPEN, pageSize: 500 })).findings;

  test("a doubtful record is found, taken over, settled with a reason, and opened again", async () => {
    const [finding] = await openFindings();
    if (!finding) throw new Error("find an open finding: the simulated base has no dirt");
    const { id, rule } = finding;
    const page = await browser.visit("integration_admin", "/integration/findings");
    const link = page.locator(`[data-finding-id="${id}"]`);
    await link.waitFor();
    await page
      .locator('[data-source="1c"]')
      .getByText(/сомнительных \d+ из \d+/)
      .waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "findings");
    const name = (await link.textContent()) ?? "";
    await page.getByRole("group", { name: "Правила" }).getByRole("button", { name }).click();
    await page.waitForURL(new RegExp(`rule=${rule}`));
    await link.click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    const entity = page.locator("aside").getByRole("link", { name: finding.entityId });
    expect(await entity.getAttribute("href")).toBe(`/integration/trace?entity=${finding.entityId}`);

    // Somebody else looks at it as it is now.
    const late = await browser.visit("integration_admin", `/integration/findings/registry/${id}`);
    await button(late, "Взять себе").waitFor();
    await button(page, "Взять себе").click();
    await page.getByText("берёт себе").waitFor();
    await button(page, "Решить…").click();
    await inDialog(page, "Решить").click();
    expect(await page.getByText("Заполните поле").count()).toBe(2);
    await page.getByRole("dialog").getByLabel("Верно, так и останется").check();
    await page.getByRole("dialog").getByLabel("Причина").fill("так в договоре, менять не будут");
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "finding-settle");
    await inDialog(page, "Решить").click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByText("решает: Верно, так и останется").waitFor();
    expect((await openFindings()).map((each) => each.id)).not.toContain(id);
    expect((await quality.getFinding({ id })).finding).toMatchObject({
      state: FindingState.SETTLED,
      resolution: FindingResolution.ACCEPTED,
      owner: "integration_admin",
      settledBy: "integration_admin",
    });

    await button(late, "Решить…").click();
    await late.getByRole("dialog").getByLabel("Правило ошиблось").check();
    await late.getByRole("dialog").getByLabel("Причина").fill("не похоже");
    await inDialog(late, "Решить").click();
    const conflict = late.getByRole("alert");
    await conflict.getByText("Кто-то успел раньше").waitFor();
    await conflict.getByText("решает: Верно, так и останется").waitFor();
    await late.getByRole("dialog").waitFor({ state: "detached" });
    await button(late, "Открыть снова…").waitFor();
    expect(await brokenRules(late)).toEqual([]);
    await screenshot(late, "finding-conflict");

    await page.getByRole("link", { name: "К замечаниям" }).click();
    await page.getByRole("group", { name: "Правила" }).waitFor();
    await link.waitFor({ state: "detached" });
    await page.getByText("Решённые", { exact: true }).click();
    await page.waitForURL(/state=settled/);
    await link.click();
    await button(page, "Открыть снова…").click();
    await page.getByRole("dialog").getByLabel("Причина").fill("договор исправили");
    await inDialog(page, "Открыть снова").click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByText("договор исправили").waitFor();
    await button(page, "Решить…").waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "finding");
    expect((await openFindings()).map((each) => each.id)).toContain(id);
  });

  test("a finding is given to somebody, and then to nobody", async () => {
    const id = (await openFindings()).at(-1)?.id ?? "";
    const page = await browser.visit("integration_admin", `/integration/findings/registry/${id}`);
    await button(page, "Назначить…").click();
    await page.getByRole("dialog").getByLabel("Ответственный").fill("lead");
    await inDialog(page, "Назначить").click();
    await page.getByText("назначает ответственным: lead").waitFor();
    await button(page, "Снять ответственного").click();
    await page.getByText("снимает ответственного").waitFor();
    expect((await quality.getFinding({ id })).finding?.owner).toBe("");
  });

  test("who may look at findings and not decide about them is told so by every verb", async () => {
    const [finding] = await openFindings();
    const page = await browser.visit("operator", `/integration/findings/registry/${finding?.id}`);
    const take = button(page, "Взять себе");
    await take.waitFor();
    expect(await take.getAttribute("aria-disabled")).toBe("true");
    expect(await take.getAttribute("aria-description")).toContain("решает администратор интеграций");
  });

  test("monitoring is compared with registry now, quickly and thoroughly, and nothing differs", async () => {
    const page = await browser.visit("integration_admin", "/integration/reconciliations");
    for (const [verb, kind] of [
      ["Сверить сейчас", "быстрая"],
      ["Сверить тщательно", "тщательная"],
    ] as const) {
      await button(page, verb).click();
      await page.getByText(/Расхождений нет\. Сравнено предметов лизинга: [1-9]/).waitFor();
      const row = page.locator("[data-reconciliation-id]").first();
      await row.getByText(kind).waitFor();
      expect(await row.getAttribute("data-outcome")).toBe("equal");
    }
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "reconciliations");
    await page.getByText("С расхождениями и ошибками", { exact: true }).click();
    await page.waitForURL(/troubled=true/);
    await page.locator('[data-outcome="equal"]').first().waitFor({ state: "detached" });
  });

  test.each(["queue", "lanes", "message", "letters", "findings", "finding", "reconciliations", "trace"] as const)(
    "the page of the integration's %s can be read in dark colours, on a narrow screen and in English",
    async (name) => {
      const { messages } = await queue.listMessages({ filter: { source: "risk-portal" }, pageSize: 1 });
      const pages = {
        queue: "/integration",
        lanes: "/integration?by=lane",
        message: `/integration/registry/${messages[0]?.recordId}`,
        letters: "/integration/dead-letters?state=all&service=tracking",
        findings: "/integration/findings",
        finding: `/integration/findings/registry/${(await openFindings())[0]?.id}`,
        reconciliations: "/integration/reconciliations",
        trace: `/integration/trace?entity=${messages[0]?.entityId}`,
      };
      const page = await browser.visit("integration_admin", pages[name], { colorScheme: "dark", language: "en" });
      await page.locator("main table, main dl, main ol, main section h2").first().waitFor();
      expect(await brokenRules(page)).toEqual([]);
      const ours = page.locator("nav, main h1, main h2, main h3, main dt, main thead, [role=toolbar]");
      expect((await ours.allTextContents()).join(" ")).not.toMatch(/[а-яё]/i);
      await page.setViewportSize({ width: 480, height: 900 });
      const overflowPx = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflowPx).toBe(0);
      await screenshot(page, `integration-narrow-${name}`);
    },
  );

  test("nothing left the origin, threw, or broke the page's policy", () => {
    expect(browser.misdeeds).toEqual([]);
  });
});
