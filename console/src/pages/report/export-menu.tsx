import { createClient } from "@connectrpc/connect";
import { useTransport } from "@connectrpc/connect-query";
import { type Dimension, ReportKind, ReportService } from "@dozor/proto/monitoring/v1/report";
import { Button, Menu } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { dayOf } from "../../lib/company-time.ts";
import { download } from "../../lib/download.ts";
import { errorKey } from "../../lib/words/error-words.ts";
import { useNotify } from "../../parts/notices.tsx";

/** The service writes the file and keeps an audit record of it; here its parts are put together and saved. */
export function ExportMenu({ dimension }: { dimension: Dimension }) {
  const { t, i18n } = useTranslation();
  const transport = useTransport();
  const notify = useNotify();
  const [busy, setBusy] = useState(false);
  const save = async (kind: ReportKind, name: string) => {
    setBusy(true);
    try {
      const client = createClient(ReportService, transport);
      const parts: Uint8Array<ArrayBuffer>[] = [];
      const request = { kind, dimension, language: i18n.language };
      for await (const { chunk } of client.exportReport(request, { timeoutMs: 120_000 })) parts.push(chunk.slice());
      download(parts, `dozor-${name}-${dayOf(new Date())}.csv`, "text/csv;charset=utf-8");
    } catch (error) {
      notify("failed", `${t("report.exportFailed")}. ${t(`common.error.${errorKey(error)}`)}`);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" loading={busy}>
          {t("report.export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void save(ReportKind.SUMMARY, "summary")}>{t("report.exportSummary")}</Menu.Item>
        <Menu.Item onClick={() => void save(ReportKind.TASKS, "tasks")}>{t("report.exportTasks")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
