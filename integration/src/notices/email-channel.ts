import { maskedText } from "../mask-secrets.ts";
import type { SendOutcome } from "../sender.ts";
import type { Notice, NoticeChannel } from "./notice-channel.ts";

export type EmailConfig = {
  /** smtp:// or smtps://, with user and password where the server wants them. */
  smtpUrl: string;
  from: string;
  to: readonly string[];
  timeoutMs: number;
};

/** Notices as plain e-mail. A server that says 4yz or nothing is tried again, one that says 5yz is not. */
export function emailChannel({ smtpUrl, from, to, timeoutMs }: EmailConfig): NoticeChannel {
  return {
    name: "email",
    async send(notice, id, signal) {
      // Loaded when there is something to send: most services of most days need no mail.
      const { createTransport } = await import("nodemailer");
      // A connection per message: notices are few, and an idle connection to a mail server is one more thing to lose.
      const transport = createTransport({
        url: smtpUrl,
        ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
        // What a notice says comes from outside: it must not name files or addresses to be fetched.
        ...{ disableFileAccess: true, disableUrlAccess: true },
      });
      const close = () => transport.close();
      signal.addEventListener("abort", close, { once: true });
      try {
        const sent = await transport.sendMail({
          ...{ from, to: [...to], subject: subjectOf(notice), text: textOf(notice) },
          // Mail systems drop repeats by it.
          messageId: `<${id}@dozor>`,
        });
        return { result: "accepted", status: Number(sent.response.slice(0, 3)) || 250, excerpt: sent.response };
      } catch (error) {
        signal.throwIfAborted();
        return outcomeOf(error);
      } finally {
        signal.removeEventListener("abort", close);
        transport.close();
      }
    },
  };
}

function outcomeOf(error: unknown): SendOutcome {
  const said = { error: maskedText(error instanceof Error ? error.message : String(error)), excerpt: "" };
  const status =
    typeof error === "object" && error !== null && "responseCode" in error && typeof error.responseCode === "number"
      ? error.responseCode
      : undefined;
  if (status !== undefined && status >= 500) return { result: "refused", status, ...said };
  return { result: "unavailable", ...said, ...(status === undefined ? {} : { status }) };
}

const headlines: Record<Notice["what"], string> = {
  message_failed: "a message was not delivered",
  records_refused: "records were refused",
  call_failed: "calls fail",
};

function subjectOf({ what, service, source }: Notice): string {
  return `Dozor ${service}: ${headlines[what]} (${source})`;
}

function textOf({ counts, ...notice }: Notice): string {
  const lines = Object.entries(notice).map(([name, value]) => `${name}: ${value}`);
  return [...lines, ...Object.entries(counts ?? {}).map(([rule, count]) => `refused as ${rule}: ${count}`), ""].join(
    "\n",
  );
}
