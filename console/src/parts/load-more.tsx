import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./load-more.module.css";

/** Under a list that has a next page. */
export function LoadMore({ onMore, loading = false }: { onMore: () => void; loading?: boolean }) {
  const { t } = useTranslation();
  return (
    <div className={classes.more}>
      <Button variant="default" loading={loading} onClick={onMore}>
        {t("common.loadMore")}
      </Button>
    </div>
  );
}
