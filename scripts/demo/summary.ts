/** What the demonstration showed, for people and for machines. */

export interface DemoReport {
  readonly zfsVersion: string;
  readonly datasets: number;
  readonly snapshots: number;
  readonly bytesSent: number;
  readonly interruptedAtBytes: number;
  readonly resumedFromBytes: number;
  readonly destroyed: number;
  readonly filesCompared: number;
  readonly mismatches: number;
  readonly wallSeconds: number;
}

function mib(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

/** A summary that a person likes to read. Pure. */
export function summary(report: DemoReport, mismatches: readonly string[]): readonly string[] {
  const rows: readonly (readonly [string, string])[] = [
    ['OpenZFS', report.zfsVersion],
    ['datasets backed up', `${report.datasets}, one of them encrypted and sent without its key`],
    ['sent', mib(report.bytesSent)],
    ['cable pulled after', mib(report.interruptedAtBytes)],
    ['resumed from', `${mib(report.resumedFromBytes)} that had already arrived`],
    ['thinned out', `${report.destroyed} snapshots, by the rules`],
    ['compared', `${report.filesCompared} files in ${report.snapshots} snapshots, byte for byte`],
    ['took', `${report.wallSeconds} s`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const verdict =
    mismatches.length === 0
      ? 'Everything is where it should be. No stray hold, no stray bookmark.'
      : `${mismatches.length} things are NOT as they should be:`;
  return [
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}   ${value}`),
    '',
    verdict,
    ...mismatches.slice(0, 20).map((text) => `  ${text}`),
    '',
  ];
}
