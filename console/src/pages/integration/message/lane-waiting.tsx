import { useQuery } from "@connectrpc/connect-query";
import { Direction, IntegrationQueueService, type Message, MessageState } from "@dozor/proto/integration/v1/queue";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { TimeAgo } from "../../../parts/time-ago.tsx";
import classes from "../integration.module.css";
import type { JournalService } from "../integration-services.ts";
import { MessageStateMark } from "../state-mark.tsx";
import own from "./message.module.css";

const shownMax = 20;

type Props = { message: Message; waitingBehind: number; service: JournalService };

/** The messages of the same object that wait for this one. Inbound messages wait for nobody. */
export function LaneWaiting({ message, waitingBehind, service }: Props) {
  const { t } = useTranslation();
  const { source, objectId, direction, counter } = message;
  const states = [MessageState.CREATED, MessageState.RECEIVED];
  const { data } = useQuery(
    IntegrationQueueService.method.listMessages,
    { filter: { source, objectId, direction, states }, pageSize: shownMax },
    { enabled: waitingBehind > 0, staleTime: 0 },
  );
  const waiting = (data?.messages ?? []).filter((each) => each.counter > counter).reverse();
  return (
    <section className={classes.panel} aria-labelledby="lane-title">
      <h2 id="lane-title">{t("integration.lane.title")}</h2>
      {waitingBehind === 0 ? (
        <p className="muted">
          {t(direction === Direction.INBOUND ? "integration.lane.inbound" : "integration.lane.nobody")}
        </p>
      ) : (
        <p className={classes.plain}>{t("integration.lane.waiting", { count: waitingBehind })}</p>
      )}
      <ul className={own.waiting}>
        {waiting.map((each) => (
          <li key={each.recordId}>
            <Link to="/integration/$service/$recordId" params={{ service, recordId: each.recordId }}>
              {String(each.counter)}
            </Link>
            <MessageStateMark message={each} />
            <span className="muted">
              <TimeAgo at={each.dateTime} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
