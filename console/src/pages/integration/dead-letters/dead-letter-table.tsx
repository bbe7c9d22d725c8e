import type { DeadLetter } from "@dozor/proto/integration/v1/dead_letter";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { TimeAgo } from "../../../parts/time-ago.tsx";
import { firstLine } from "../first-line.ts";
import classes from "../integration.module.css";
import type { LetterService } from "../integration-services.ts";
import { LetterStateMark } from "../state-mark.tsx";
import own from "./dead-letters.module.css";

const columns = ["number", "state", "consumer", "schema", "attempts", "age", "cause"] as const;

export function DeadLetterTable({ letters, service }: { letters: readonly DeadLetter[]; service: LetterService }) {
  const { t } = useTranslation();
  return (
    <div className={classes.frame}>
      <table className={`${classes.table} ${own.letters}`}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" data-column={column}>
                {t(`integration.letters.columns.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {letters.map((letter) => (
            <tr key={String(letter.id)}>
              <td className="number">
                <Link
                  to="/integration/dead-letters/$service/$letterId"
                  params={{ service, letterId: String(letter.id) }}
                  data-letter-id={String(letter.id)}
                >
                  {String(letter.id)}
                </Link>
              </td>
              <td>
                <LetterStateMark state={letter.state} />
              </td>
              <td className={classes.clip} title={letter.consumer}>
                {letter.consumer}
              </td>
              <td className={classes.clip} title={letter.schema}>
                {shortSchema(letter.schema) || t("common.dash")}
              </td>
              <td className="number">{letter.attempts}</td>
              <td className="nowrap number">
                <TimeAgo at={letter.createdAt} bare />
              </td>
              <td title={firstLine(letter.cause)}>
                <div className={classes.twoLines}>{firstLine(letter.cause)}</div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** "dozor.registry.v1.AssetSnapshot" without its package. */
function shortSchema(schema: string): string {
  return schema.slice(schema.lastIndexOf(".") + 1);
}
