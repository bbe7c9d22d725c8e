import type { ReactNode } from "react";
import classes from "./state-panel.module.css";

/** What stands in the place of content that is not there: empty, no match, missing. Says why, and what can be done. */
export function StatePanel({ title, text, children }: { title: string; text?: string; children?: ReactNode }) {
  return (
    <section className={classes.panel}>
      <svg viewBox="0 0 64 40" width="72" height="45" aria-hidden="true" className={classes.picture}>
        <path d="M4 20C12 8 22 3 32 3s20 5 28 17C52 32 42 37 32 37S12 32 4 20z" />
        <circle cx="32" cy="20" r="8" />
      </svg>
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {children}
    </section>
  );
}
