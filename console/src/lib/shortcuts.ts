/** What a key press means, by the place of the key: in a Russian layout `event.key` of J is "о", `event.code` still KeyJ. */
export type Shortcut =
  | "next"
  | "previous"
  | "back"
  | "claim"
  | "snooze"
  | "resolve"
  | "comment"
  | "search"
  | "refresh"
  | "help";

const byCode: Readonly<Record<string, Shortcut>> = {
  KeyJ: "next",
  KeyK: "previous",
  Escape: "back",
  KeyC: "claim",
  KeyS: "snooze",
  KeyE: "resolve",
  KeyM: "comment",
  Slash: "search",
  KeyR: "refresh",
};

export type KeyPress = Pick<KeyboardEvent, "code" | "key" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey" | "repeat">;

export function shortcutOf(press: KeyPress): Shortcut | undefined {
  if (press.ctrlKey || press.altKey || press.metaKey) return undefined;
  // "?" is Shift+/ on one layout and Shift+7 on another, so that here the sign itself counts as well.
  if (press.key === "?" || (press.code === "Slash" && press.shiftKey)) return "help";
  if (press.shiftKey) return undefined;
  const shortcut = byCode[press.code];
  const moves = shortcut === "next" || shortcut === "previous";
  return press.repeat && !moves ? undefined : shortcut;
}

/** Whether keys belong to what the person is typing into, so that they mean nothing else. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest("input, textarea, select, [contenteditable=true], [role=combobox], [role=listbox], [role=menu]") !==
    null
  );
}
