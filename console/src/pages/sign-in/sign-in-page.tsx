import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { startSession } from "../../app/session.ts";
import { fetchDevToken, fetchDevUsers } from "../../lib/dev-users.ts";
import { roleWords } from "../../lib/words/role-words.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { LoadingRows } from "../../parts/loading-rows.tsx";
import { useNotify } from "../../parts/notices.tsx";
import { StatePanel } from "../../parts/state-panel.tsx";
import classes from "./sign-in-page.module.css";

/** Development mode: choose one of the people whose tokens lie on this machine. */
export function SignInPage() {
  const { t } = useTranslation();
  const { next } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate();
  const notify = useNotify();
  const users = useQuery({ queryKey: ["dev-users"], queryFn: ({ signal }) => fetchDevUsers(signal), retry: false });
  const enter = async (user: string) => {
    try {
      startSession(await fetchDevToken(user));
      await navigate({ href: next ?? "/tasks", replace: true });
    } catch {
      notify("failed", t("signIn.failed"));
    }
  };
  const list = users.data;
  return (
    <div className={classes.card}>
      <h1>{t("signIn.title")}</h1>
      {users.isPending && <LoadingRows rows={4} />}
      {users.error && <ErrorPanel error={users.error} onRetry={() => void users.refetch()} />}
      {list === "absent" && <StatePanel title={t("signIn.noMethod.title")} text={t("signIn.noMethod.text")} />}
      {list !== "absent" && list?.length === 0 && (
        <StatePanel title={t("signIn.noUsers.title")} text={t("signIn.noUsers.text")} />
      )}
      {list !== "absent" && list && list.length > 0 && (
        <>
          <p className="muted">{t("signIn.development")}</p>
          <ul className={classes.users}>
            {list.map(({ user, name, roles }) => (
              <li key={user}>
                <Button
                  variant="default"
                  fullWidth
                  justify="space-between"
                  size="md"
                  rightSection={<span className={classes.roles}>{roleWords(roles, t)}</span>}
                  onClick={() => void enter(user)}
                >
                  {name || user}
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
