import { expect, test } from "bun:test";
import { type KeyPress, shortcutOf } from "./shortcuts.ts";

const press = (code: string, key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  code,
  key,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  ...more,
});

test("shortcuts go by the place of the key, so that a Russian layout works", () => {
  expect(shortcutOf(press("KeyJ", "j"))).toBe("next");
  expect(shortcutOf(press("KeyJ", "о"))).toBe("next");
  expect(shortcutOf(press("KeyC", "с"))).toBe("claim");
  expect(shortcutOf(press("Slash", "."))).toBe("search");
});

test("the question mark opens the help wherever the layout puts it", () => {
  expect(shortcutOf(press("Slash", "?", { shiftKey: true }))).toBe("help");
  expect(shortcutOf(press("Slash", ",", { shiftKey: true }))).toBe("help");
  expect(shortcutOf(press("Digit7", "?", { shiftKey: true }))).toBe("help");
});

test("combinations of the browser are left alone", () => {
  for (const modifier of ["ctrlKey", "altKey", "metaKey"] as const) {
    expect(shortcutOf(press("KeyC", "c", { [modifier]: true }))).toBeUndefined();
  }
  expect(shortcutOf(press("KeyJ", "J", { shiftKey: true }))).toBeUndefined();
});

test("a held key moves on through the list, but acts only once", () => {
  expect(shortcutOf(press("KeyJ", "j", { repeat: true }))).toBe("next");
  expect(shortcutOf(press("KeyC", "c", { repeat: true }))).toBeUndefined();
});
