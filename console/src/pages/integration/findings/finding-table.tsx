import type { Finding } from "@dozor/proto/integration/v1/data_quality";
import { Link, useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { meansRow, moveOverRows } from "../../../lib/table-rows.ts";
import { useShortcuts } from "../../../lib/use-shortcuts.ts";
import rows from "../../../parts/data-table.module.css";
import { DataTable } from "../../../parts/data-table.tsx";
import classes from "../integration.module.css";
import type { JournalService } from "../integration-services.ts";
import { FindingStateMark } from "../state-mark.tsx";
import { EntityKindWords } from "./entity-kind-words.tsx";
import { FindingAge } from "./finding-age.tsx";
import { findingWords, ruleWords } from "./finding-words.ts";
import own from "./findings.module.css";
import { OwnerWords } from "./owner-words.tsx";

const columns = ["rule", "state", "entity", "evidence", "source", "owner", "age"] as const;

type Props = { findings: readonly Finding[]; service: JournalService };

/** Dense rows. The keyboard moves real focus over the rules, which are links. */
export function FindingTable({ findings, service }: Props) {
  const { t } = useTranslation();
  const table = useRef<HTMLTableElement>(null);
  const move = (step: 1 | -1) => moveOverRows(table.current, "a[data-finding-id]", step);
  useShortcuts({ next: () => move(1), previous: () => move(-1) });
  return (
    <DataTable
      ref={table}
      className={`${classes.columned} ${own.findings}`}
      columns={columns.map((key) => ({ key, title: t(`findings.columns.${key}`) }))}
    >
      {findings.map((finding) => (
        <FindingRow key={finding.id} finding={finding} service={service} />
      ))}
    </DataTable>
  );
}

function FindingRow({ finding, service }: { finding: Finding; service: JournalService }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const to = "/integration/findings/$service/$findingId" as const;
  const params = { service, findingId: finding.id };
  const open = (event: React.MouseEvent) => {
    if (meansRow(event)) void navigate({ to, params });
  };
  const evidence = findingWords(finding, t) ?? finding.evidenceJson;
  return (
    <tr onClick={open} className={rows.row}>
      <td>
        <Link to={to} params={params} data-finding-id={finding.id}>
          {ruleWords(finding.rule, t)}
        </Link>
      </td>
      <td>
        <FindingStateMark state={finding.state} />
      </td>
      <td>
        <EntityKindWords kind={finding.entityKind} />
        <div className={`${rows.clip} mono muted`} title={finding.entityId}>
          {finding.entityId}
        </div>
      </td>
      <td title={evidence}>
        <div className={classes.twoLines}>{evidence}</div>
      </td>
      <td className={rows.clip} title={finding.source}>
        {finding.source}
      </td>
      <td className={rows.clip} title={finding.owner}>
        <OwnerWords owner={finding.owner} />
      </td>
      <td className="nowrap number">
        <FindingAge finding={finding} />
      </td>
    </tr>
  );
}
