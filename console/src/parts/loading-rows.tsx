import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Grey rows in the shape of what is being loaded, so that nothing jumps when it comes. */
export function LoadingRows({ rows, height = 44 }: { rows: number; height?: number }) {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("common.loading")}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move.
        <Skeleton key={row} height={height - 8} my={8} radius="sm" />
      ))}
    </div>
  );
}
