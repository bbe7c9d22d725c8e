import type { DeadLetter } from "@dozor/proto/integration/v1/dead_letter";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import rows from "../../../parts/data-table.module.css";
import { DataTable } from "../../../parts/data-table.tsx";
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
    <DataTable
      className={`${classes.columned} ${own.letters}`}
      columns={columns.map((key) => ({ key, title: t(`integration.letters.columns.${key}`) }))}
    >
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
          <td className={rows.clip} title={letter.consumer}>
            {letter.consumer}
          </td>
          <td className={rows.clip} title={letter.schema}>
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
    </DataTable>
  );
}

/** "dozor.registry.v1.AssetSnapshot" without its package. */
function shortSchema(schema: string): string {
  return schema.slice(schema.lastIndexOf(".") + 1);
}
