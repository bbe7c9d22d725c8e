import { Button, Tooltip } from "@mantine/core";

type Props = {
  label: string;
  /** Why it cannot be done now; undefined when it can. */
  refusal: string | undefined;
  primary: boolean;
  busy: boolean;
  onClick: () => void;
};

/** A verb. One that is refused stays reachable by keyboard, so that its reason can be read. */
export function VerbButton({ label, refusal, primary, busy, onClick }: Props) {
  const refused = { "aria-disabled": true, "data-disabled": true, "aria-description": refusal ?? "" } as const;
  return (
    <Tooltip label={refusal} disabled={refusal === undefined}>
      <Button
        variant={primary ? "filled" : "default"}
        loading={busy}
        {...(refusal === undefined ? { onClick } : refused)}
      >
        {label}
      </Button>
    </Tooltip>
  );
}
