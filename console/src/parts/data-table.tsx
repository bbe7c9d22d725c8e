import type { ReactNode, Ref } from "react";
import classes from "./data-table.module.css";

type Props = {
  /** In order; the key is the `data-column` by which a page gives its widths. */
  columns: readonly { key: string; title: string }[];
  className?: string | undefined;
  ref?: Ref<HTMLTableElement>;
  /** The rows. */
  children: ReactNode;
};

/** A framed table of dense rows that scrolls sideways where the screen is narrow. */
export function DataTable({ columns, className = "", ref, children }: Props) {
  return (
    <div className={classes.frame}>
      <table {...(ref ? { ref } : {})} className={`${classes.table} ${className}`}>
        <thead>
          <tr>
            {columns.map(({ key, title }) => (
              <th key={key} scope="col" data-column={key}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
