const storageKey = "dozor.shortcuts";

/** Single-key shortcuts disturb speech input and some readers, so that a person may switch them off (WCAG 2.1.4). */
export function shortcutsEnabled(): boolean {
  return localStorage.getItem(storageKey) !== "off";
}

export function setShortcutsEnabled(enabled: boolean): void {
  localStorage.setItem(storageKey, enabled ? "on" : "off");
}
