import type { Message } from "@dozor/proto/integration/v1/queue";
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { TimeAgo } from "../../../parts/time-ago.tsx";
import { firstLine } from "../first-line.ts";
import { MessageStateMark } from "../state-mark.tsx";
import classes from "./trace.module.css";

const shownFirst = 5;

/** Journal rows about the object, newest first. Registry alone knows objects, so that they are all of its journal. */
export function TraceJournal({ messages }: { messages: readonly Message[] }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  if (messages.length === 0) return <span className="muted">{t("integration.trace.noMessages")}</span>;
  const hidden = all ? 0 : messages.length - shownFirst;
  return (
    <div className={classes.journal}>
      <ul>
        {messages.slice(0, all ? messages.length : shownFirst).map((message) => (
          <li key={message.recordId}>
            <Link to="/integration/$service/$recordId" params={{ service: "registry", recordId: message.recordId }}>
              {String(message.counter)}
            </Link>
            <MessageStateMark message={message} />
            <span>
              {message.source} · {message.requestType}
            </span>
            {message.objectVersion && <span className="mono">{message.objectVersion}</span>}
            <span className="muted">
              <TimeAgo at={message.dateTime} />
            </span>
            {message.description && <span className={classes.journalError}>{firstLine(message.description)}</span>}
          </li>
        ))}
      </ul>
      {hidden > 0 && (
        <Button variant="subtle" size="compact-xs" onClick={() => setAll(true)}>
          {t("integration.trace.moreMessages", { value: hidden })}
        </Button>
      )}
    </div>
  );
}
