import type { Summary } from "./summary.ts";

/** The summary for people: a section per service, a line per number. */
export function summaryTable(summary: Summary): string {
  const { registry, tracking, monitoring, invariants, peakRssMiB, seconds, versions } = summary;
  const { run, report: _report, verdictsByIndicator, tasksByIndicator, ...counts } = monitoring;
  const indicators = Object.entries(verdictsByIndicator).map(([key, { violated, clear, unknown, failed }]) => {
    const tasks = tasksByIndicator[key] ?? 0;
    return [
      key,
      `${violated} violated, ${clear} clear, ${unknown} unknown, ${failed} failed, on ${tasks} tasks`,
    ] as const;
  });
  const verdicts = Object.entries(invariants).map(
    ([name, { ok, checked, problems }]) =>
      [name, `${ok ? "holds" : "BROKEN"} (${checked} checked)${problems ? `: ${problems.join("; ")}` : ""}`] as const,
  );
  return [
    section("registry", flat(registry)),
    section("tracking", flat(tracking)),
    section("monitoring", [...flat(counts), ...flat({ run })]),
    section("indicators", indicators),
    section("invariants", verdicts),
    section("peak RSS, MiB", flat(peakRssMiB)),
    section("seconds", flat(seconds)),
    section("versions", flat(versions)),
  ].join("\n\n");
}

type Line = readonly [string, string];

function section(title: string, lines: readonly Line[]): string {
  const width = Math.max(...lines.map(([name]) => name.length), 0);
  return [title, ...lines.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)].join("\n");
}

function flat(values: Record<string, unknown>): Line[] {
  return Object.entries(values).flatMap(([name, value]): Line[] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).map(([inner, number]): Line => [`${name} ${inner}`, String(number)])
      : [[name, String(value)]],
  );
}
