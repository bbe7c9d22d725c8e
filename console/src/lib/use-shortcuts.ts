import { useEffect, useRef } from "react";
import { isTyping, type Shortcut, shortcutOf } from "./shortcuts.ts";
import { shortcutsEnabled } from "./shortcuts-setting.ts";

/** Runs the handler of a shortcut, unless the person types, a dialog is open, or shortcuts are switched off. */
export function useShortcuts(handlers: Partial<Record<Shortcut, () => void>>): void {
  const newest = useRef(handlers);
  newest.current = handlers;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const shortcut = shortcutOf(event);
      const handler = shortcut && newest.current[shortcut];
      if (!handler || event.defaultPrevented || !shortcutsEnabled() || isTyping(event.target)) return;
      if (document.querySelector("[role=dialog], [role=menu]") !== null) return;
      event.preventDefault();
      handler();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}
