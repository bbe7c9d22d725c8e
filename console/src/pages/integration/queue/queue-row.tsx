import type { Message } from "@dozor/proto/integration/v1/queue";
import { Link, useNavigate } from "@tanstack/react-router";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { meansRow } from "../../../lib/table-rows.ts";
import rows from "../../../parts/data-table.module.css";
import { TimeAgo } from "../../../parts/time-ago.tsx";
import { DirectionWords } from "../direction-words.tsx";
import { firstLine } from "../first-line.ts";
import classes from "../integration.module.css";
import type { JournalService } from "../integration-services.ts";
import { MessageStateMark } from "../state-mark.tsx";

export const QueueRow = memo(function QueueRow({ message, service }: { message: Message; service: JournalService }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const to = "/integration/$service/$recordId" as const;
  const params = { service, recordId: message.recordId };
  const open = (event: React.MouseEvent) => {
    if (meansRow(event)) void navigate({ to, params });
  };
  const error = firstLine(message.description);
  return (
    <tr onClick={open} className={rows.row}>
      <td className="number">
        <Link to={to} params={params} data-record-id={message.recordId}>
          {String(message.counter)}
        </Link>
      </td>
      <td>
        <MessageStateMark message={message} />
      </td>
      <td>
        <DirectionWords direction={message.direction} />
      </td>
      <td className={rows.clip} title={message.source}>
        {message.source}
      </td>
      <td className={rows.clip} title={message.requestType}>
        {message.requestType}
      </td>
      <td className={`${rows.clip} mono`} title={message.objectId}>
        {message.objectId || t("common.dash")}
      </td>
      <td className="number">{message.attemptCount}</td>
      <td className="nowrap number">
        <TimeAgo at={message.dateTime} bare />
      </td>
      <td className="nowrap number">
        <TimeAgo at={message.nextAttemptAt} />
      </td>
      <td title={error}>
        <div className={classes.twoLines}>{error}</div>
      </td>
    </tr>
  );
});
