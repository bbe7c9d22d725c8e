/** How long it took to do something `count` times. */
export type Figure = { what: string; count: number; seconds: number };
export type Report = {
  bench: string;
  /** The load, in words. */
  load: string;
  measured: Figure;
  /** What is the most that could be reached, measured in the same run on the same servers. */
  ceilings: readonly Figure[];
  /** Highest resident memory of the process until the measured part ended. */
  peakRssMiB: number | undefined;
};

export async function timed(what: string, count: number, work: () => Promise<void>): Promise<Figure> {
  const startedAt = performance.now();
  await work();
  return { what, count, seconds: (performance.now() - startedAt) / 1000 };
}

/** A small table, or one line of JSON; `ratio` is the measured rate as a part of the ceiling's. */
export function printReport(report: Report, json: boolean): void {
  const { bench, load, measured, ceilings, peakRssMiB } = report;
  const rate = ({ count, seconds }: Figure) => count / seconds;
  const rows = [measured, ...ceilings].map((figure) => ({
    what: figure === measured ? figure.what : `ceiling: ${figure.what}`,
    perSecond: Math.round(rate(figure)),
    seconds: Number(figure.seconds.toFixed(2)),
    ...(figure === measured ? {} : { ratio: Number((rate(measured) / rate(figure)).toFixed(3)) }),
  }));
  if (json) {
    console.log(JSON.stringify({ bench, load, figures: rows, peakRssMiB }));
    return;
  }
  const width = Math.max(...rows.map(({ what }) => what.length));
  const line = (what: string, ...cells: string[]) =>
    console.log(`  ${what.padEnd(width)}${cells.map((cell) => cell.padStart(12)).join("")}`);
  console.log(`\n${bench}: ${load}`);
  line("", "per second", "seconds", "ratio");
  for (const { what, perSecond, seconds, ratio } of rows) {
    line(what, String(perSecond), seconds.toFixed(2), ratio === undefined ? "" : ratio.toFixed(3));
  }
  if (peakRssMiB !== undefined) console.log(`  peak memory of the measured process: ${peakRssMiB} MiB`);
}
