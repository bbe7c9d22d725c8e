import type { Section } from "@dozor/runtime/config-section";
import { type EmailConfig, emailChannel } from "./email-channel.ts";
import type { NoticeChannel } from "./notice-channel.ts";
import { type WebhookConfig, webhookChannel } from "./webhook-channel.ts";

export type NoticesConfig = { webhook: WebhookConfig | undefined; email: EmailConfig | undefined };

/** Reads `notices` of a service's section: how the administrator is reached. Without it failures are seen in the journal only. */
export function readNotices(service: Section): NoticesConfig {
  const notices = service.section("notices");
  const config = {
    webhook: notices.has("webhook") ? readWebhook(notices.section("webhook")) : undefined,
    email: notices.has("email") ? readEmail(notices.section("email")) : undefined,
  };
  notices.noOther();
  return config;
}

export function noticeChannels({ webhook, email }: NoticesConfig): NoticeChannel[] {
  return [
    ...(webhook === undefined ? [] : [webhookChannel(webhook)]),
    ...(email === undefined ? [] : [emailChannel(email)]),
  ];
}

function readWebhook(webhook: Section): WebhookConfig {
  const config = {
    url: webhook.string("url"),
    secret: webhook.secret("secret"),
    timeoutMs: webhook.durationMs("timeout", { default: "10s" }),
  };
  if (!URL.canParse(config.url) || !/^https?:/.test(config.url)) webhook.problem("url is not an http address");
  webhook.noOther();
  return config;
}

function readEmail(email: Section): EmailConfig {
  const config = {
    smtpUrl: email.secret("smtpUrl"),
    from: email.string("from"),
    to: email.strings("to"),
    timeoutMs: email.durationMs("timeout", { default: "30s" }),
  };
  if (!URL.canParse(config.smtpUrl) || !/^smtps?:/.test(config.smtpUrl))
    email.problem("smtpUrl is not an smtp address");
  if (config.to.length === 0) email.problem("to names nobody");
  email.noOther();
  return config;
}
