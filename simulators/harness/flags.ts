/** `--name value` and `--name` of a command line, every one known and of the right kind. */
export type FlagKind = "text" | "number" | "switch";

export type Flags<Kinds extends Record<string, FlagKind>> = {
  [Name in keyof Kinds]?: Kinds[Name] extends "number" ? number : Kinds[Name] extends "switch" ? boolean : string;
};

/** Throws one error with every problem of the command line. */
export function readFlags<Kinds extends Record<string, FlagKind>>(kinds: Kinds, args: readonly string[]): Flags<Kinds> {
  const flags: Record<string, string | number | boolean> = {};
  const problems: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const [name = "", inline] = (args[i] ?? "").replace(/^--/, "").split(/=(.*)/s);
    const kind = args[i]?.startsWith("--") ? kinds[name] : undefined;
    if (kind === undefined) {
      problems.push(`unknown argument ${args[i]}`);
    } else if (kind === "switch") {
      flags[name] = true;
    } else {
      const value = inline ?? args[++i];
      if (value === undefined) problems.push(`--${name} needs a value`);
      else if (kind === "number" && !Number.isFinite(Number(value)))
        problems.push(`--${name} must be a number, not ${value}`);
      else flags[name] = kind === "number" ? Number(value) : value;
    }
  }
  if (problems.length > 0)
    throw new Error(
      `${problems.join("; ")}. Known: ${Object.keys(kinds)
        .map((name) => `--${name}`)
        .join(" ")}`,
    );
  // Each value was checked against its kind above.
  return flags as Flags<Kinds>;
}
