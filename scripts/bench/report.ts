/** docs/benchmarks.md: one section for each bench, so that one can be measured again without the others. Pure. */
import { type BenchRow, renderTable } from './table.ts';

const HEAD = `# Benchmarks

Medians of several runs, each beside its rival in the same run; a ratio is the median of the ratios of the single runs. Absolute
figures belong to the machine they were taken on, and guests that are emulated without hardware help are some ten times slower
than it; only the ratios travel. Each section says how to repeat it; \`npm run bench\` repeats them all.
`;

export interface BenchSection {
  readonly name: string;
  readonly summary: string;
  readonly machine: string;
  /** Counted runs of each side. */
  readonly runs: number;
  readonly rows: readonly BenchRow[];
}

/** A section as it stands in the file. */
export function renderSection({ name, summary, machine, runs, rows }: BenchSection): string {
  const repeat = `\`npm run bench -- --only ${name} --runs ${runs}\``;
  return `## ${name}\n\nMeasured: ${summary}. On ${machine}. Repeat: ${repeat}.\n\n${renderTable(rows)}\n`;
}

/** The file with these sections in the place of older ones of the same name, in the order given. */
export function updateReport(old: string, sections: readonly BenchSection[], order: readonly string[]): string {
  const known = new Map(
    old
      .split(/^(?=## )/m)
      .slice(1)
      .map((text) => [/^## (.*)$/m.exec(text)?.[1] ?? '', `${text.trimEnd()}\n`]),
  );
  for (const section of sections) known.set(section.name, renderSection(section));
  return [HEAD, ...order.flatMap((name) => known.get(name) ?? [])].join('\n');
}
