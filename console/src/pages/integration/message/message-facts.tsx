import { Direction, type Message } from "@dozor/proto/integration/v1/queue";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { timeWords } from "../../../lib/words/words-context.ts";
import { type Fact, FactList } from "../../../parts/fact-list.tsx";
import { DirectionWords } from "../direction-words.tsx";
import classes from "../integration.module.css";
import type { JournalService } from "../integration-services.ts";

export function MessageFacts({ message, service }: { message: Message; service: JournalService }) {
  const { t } = useTranslation();
  const at = (time: Message["dateTime"]) => time && timeWords(time, { t });
  const outbound = message.direction === Direction.OUTBOUND;
  const facts: Fact[] = [
    { label: t("integration.fields.direction"), value: <DirectionWords direction={message.direction} /> },
    { label: t(outbound ? "integration.fields.receiver" : "integration.fields.source"), value: message.source },
    { label: t("integration.fields.type"), value: message.requestType },
    { label: t("integration.fields.object"), value: message.objectId, mono: true },
    { label: t("integration.fields.objectVersion"), value: message.objectVersion, mono: true },
    {
      label: t("integration.fields.entity"),
      value: message.entityId && (
        <Link to="/integration/trace" search={{ entity: message.entityId }} className="mono">
          {message.entityId}
        </Link>
      ),
    },
    { label: t("integration.fields.attempts"), value: String(message.attemptCount) },
    { label: t("integration.fields.written"), value: at(message.dateTime) },
    { label: t("integration.fields.changed"), value: at(message.dateTimeUpdate) },
    { label: t("integration.fields.next"), value: at(message.nextAttemptAt) },
    { label: t("integration.fields.skippedBy"), value: message.skippedBy },
    { label: t("integration.fields.skippedAt"), value: at(message.skippedAt) },
    { label: t("integration.fields.skipReason"), value: message.skipReason },
    { label: t("integration.fields.recordId"), value: message.recordId, mono: true },
    {
      label: t("integration.fields.fingerprint"),
      value: fingerprintLink(message, service, t("integration.message.sameError")),
    },
    { label: t("integration.fields.trace"), value: message.traceparent, mono: true },
  ];
  return (
    <section className={classes.panel} aria-labelledby="fields-title">
      <h2 id="fields-title">{t("integration.fields.title")}</h2>
      <FactList facts={facts} />
    </section>
  );
}

function fingerprintLink({ fingerprint }: Message, service: JournalService, text: string) {
  if (fingerprint === "") return "";
  const ofService = service === "registry" ? {} : { service };
  return (
    <Link to="/integration" search={{ ...ofService, fingerprint }}>
      {text}
    </Link>
  );
}
