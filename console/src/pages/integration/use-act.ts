import { useState } from "react";
import { useTranslation } from "react-i18next";
import { errorKey } from "../../lib/words/error-words.ts";
import { useNotify } from "../../parts/notices.tsx";

export type Act = {
  busy: boolean;
  /** Makes the call, tells how it ended, has what is shown read again, and answers whether it was done. */
  act: <T>(call: () => Promise<T>, onDone: (result: T) => void) => Promise<boolean>;
};

/** A verb of the administrator over what a page shows. `whyNot` puts an error in words better than the common ones, or not. */
export function useAct(
  reload: () => Promise<unknown>,
  whyNot: (error: unknown) => string | undefined = () => undefined,
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
        notify("failed", `${t("integration.failed")}. ${whyNot(error) ?? t(`common.error.${errorKey(error)}`)}`);
        return false;
      } finally {
        setBusy(false);
        await reload();
      }
    },
  };
}
