import { Code, ConnectError } from "@connectrpc/connect";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { errorKey } from "../../lib/words/error-words.ts";
import { useNotify } from "../../parts/notices.tsx";

export type Act = {
  busy: boolean;
  /** Makes the call, tells how it ended, has what is shown read again, and answers whether it is over: done, or overtaken by somebody else's. */
  act: <T>(call: () => Promise<T>, onDone: (result: T) => void) => Promise<boolean>;
};

type Exceptions = {
  /** Puts an error in words better than the common ones, or not. */
  whyNot?: (error: unknown) => string | undefined;
  /** Somebody else was faster. Without it that is an error like any other. */
  onOvertaken?: () => void;
};

/** A verb of the administrator over what a page shows. */
export function useAct(
  reload: () => Promise<unknown>,
  { whyNot = () => undefined, onOvertaken }: Exceptions = {},
): Act {
  const { t } = useTranslation();
  const notify = useNotify();
  const [busy, setBusy] = useState(false);
  return {
    busy,
    async act(call, onDone) {
      setBusy(true);
      try {
        onDone(await call());
        return true;
      } catch (error) {
        if (onOvertaken && ConnectError.from(error).code === Code.Aborted) {
          onOvertaken();
          return true;
        }
        notify("failed", `${t("integration.failed")}. ${whyNot(error) ?? t(`common.error.${errorKey(error)}`)}`);
        return false;
      } finally {
        setBusy(false);
        await reload();
      }
    },
  };
}
