import { expect, test } from "bun:test";
import { testMailServer } from "@dozor/testkit/mail-server";
import { Webhook } from "standardwebhooks";
import { emailChannel } from "../src/notices/email-channel.ts";
import type { Notice } from "../src/notices/notice-channel.ts";
import { webhookChannel } from "../src/notices/webhook-channel.ts";

const notice: Notice = {
  service: "registry",
  what: "records_refused",
  recordId: "7d1f6d0c-5a1b-4c0e-9a5e-0f6f3d2b8c41",
  source: "1c",
  objectId: "poll",
  requestType: "changes",
  error: "3 records of 1c were refused",
  at: "2026-03-02T06:00:00.000Z",
  counts: { invalid_date: 3 },
};
const { signal } = new AbortController();

test("a notice reaches the administrator by e-mail, and a repeat carries the same message id", async () => {
  await using server = await testMailServer();
  const channel = emailChannel({
    smtpUrl: server.url,
    from: "dozor@example.com",
    to: ["a@example.com", "b@example.com"],
    timeoutMs: 5_000,
  });
  expect(await channel.send(notice, "n-1", signal)).toMatchObject({ result: "accepted", status: 250 });
  const [mail] = server.mails;
  expect(mail?.to).toHaveLength(2);
  expect(mail?.text).toContain("Message-ID: <n-1@dozor>");
  expect(mail?.text).toContain("refused as invalid_date: 3");
});

test("a mail server that says later is tried again, one that refuses is not, one that is away is tried again", async () => {
  await using server = await testMailServer();
  const address = { from: "dozor@example.com", to: ["a@example.com"], timeoutMs: 5_000 };
  const channel = emailChannel({ ...address, smtpUrl: server.url });
  server.instead.push("451 later", "554 never");
  expect(await channel.send(notice, "n-1", signal)).toMatchObject({ result: "unavailable", status: 451 });
  expect(await channel.send(notice, "n-2", signal)).toMatchObject({ result: "refused", status: 554 });
  const away = emailChannel({ ...address, smtpUrl: "smtp://127.0.0.1:9" });
  expect(await away.send(notice, "n-3", signal)).toMatchObject({ result: "unavailable" });
  expect(server.mails).toEqual([]);
});

test("a webhook is signed so that the library of Standard Webhooks accepts it", async () => {
  const secret = `whsec_${Buffer.from("a secret of twenty-four b").toString("base64")}`;
  let verified: unknown;
  await using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      verified = new Webhook(secret).verify(await request.text(), Object.fromEntries(request.headers));
      return new Response(null, { status: 204 });
    },
  });
  const channel = webhookChannel({ url: server.url.href, secret, timeoutMs: 5_000 });
  expect(await channel.send(notice, "n-1", signal)).toMatchObject({ result: "accepted", status: 204 });
  expect(verified).toMatchObject({ type: "dozor.integration.records_refused", data: { counts: { invalid_date: 3 } } });
});
