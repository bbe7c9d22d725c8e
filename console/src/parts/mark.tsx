import classes from "./marks.module.css";

export type Tone = "good" | "bad" | "waiting" | "moving" | "quiet";

/** A state in a word. */
export function Mark({ tone, text }: { tone: Tone; text: string }) {
  return (
    <span className={classes.mark} data-tone={tone}>
      {text}
    </span>
  );
}
