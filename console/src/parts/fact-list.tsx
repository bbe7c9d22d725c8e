import type { ReactNode } from "react";
import classes from "./fact-list.module.css";

export type Fact = { label: string; value: ReactNode; mono?: boolean };

/** Names and values in two columns. A fact without a value is left out. */
export function FactList({ facts }: { facts: readonly Fact[] }) {
  const present = facts.filter(({ value }) => value !== undefined && value !== null && value !== "" && value !== false);
  return (
    <dl className={classes.facts}>
      {present.map(({ label, value, mono }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two facts may bear one name, and the list never moves.
        <div key={`${label} ${i}`}>
          <dt>{label}</dt>
          <dd className={mono ? "mono" : undefined}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
