import { CloseButton } from "@mantine/core";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./notices.module.css";

type Tone = "done" | "failed";
type Notice = { id: number; tone: Tone; text: string };
type Notify = (tone: Tone, text: string) => void;

const shownMax = 4;
const doneStaysMs = 5_000;
const NotifyContext = createContext<Notify>(() => {});

/** Short answers to what a person did, in the corner and to a screen reader. A failure stays until it is dismissed. */
export function NoticeProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const lastId = useRef(0);
  const dismiss = useCallback((id: number) => setNotices((all) => all.filter((each) => each.id !== id)), []);
  const notify = useCallback<Notify>(
    (tone, text) => {
      lastId.current += 1;
      const id = lastId.current;
      setNotices((all) => [...all.slice(1 - shownMax), { id, tone, text }]);
      if (tone === "done") setTimeout(() => dismiss(id), doneStaysMs);
    },
    [dismiss],
  );
  const shown = useMemo(
    () =>
      notices.map(({ id, tone, text }) => (
        <div key={id} className={classes.notice} data-tone={tone}>
          <span>{text}</span>
          <CloseButton size="sm" aria-label={t("common.close")} onClick={() => dismiss(id)} />
        </div>
      )),
    [notices, dismiss, t],
  );
  return (
    <NotifyContext.Provider value={notify}>
      {children}
      <div className={classes.corner} role="status" aria-live="polite">
        {shown}
      </div>
    </NotifyContext.Provider>
  );
}

export function useNotify(): Notify {
  return useContext(NotifyContext);
}
