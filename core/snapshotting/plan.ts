/** How a job snapshots, ready to run: texts of the configuration compiled and checked. */
import { type CronSchedule, parseCron } from './cron.ts';
import { checkSnapshotNames } from './names.ts';
import { compileTimestampFormat, type TimestampFormat } from './timestamp.ts';
import { systemZone } from './zone.ts';

interface NameTexts {
  readonly prefix: string;
  readonly timestampFormat: string;
  readonly timestampLocation: string;
}

/** What the configuration says. Hooks are none of this module's business. */
export type SnapshottingTexts =
  | { readonly type: 'manual' }
  | ({ readonly type: 'periodic'; readonly intervalMs: number } & NameTexts)
  | ({ readonly type: 'cron'; readonly cron: string } & NameTexts);

export interface Naming {
  readonly prefix: string;
  readonly format: TimestampFormat;
}

export type SnapshotPlan =
  | { readonly type: 'manual' }
  | { readonly type: 'periodic'; readonly intervalMs: number; readonly naming: Naming }
  | { readonly type: 'cron'; readonly schedule: CronSchedule; readonly naming: Naming };

/** Compiles it; throws `config-invalid`. @param zone of this machine; asked of the system where it matters and is not given */
export function compileSnapshotting(texts: SnapshottingTexts, zone?: string): SnapshotPlan {
  if (texts.type === 'manual') return { type: 'manual' };
  const localZone = zone ?? systemZone();
  const format = compileTimestampFormat(texts.timestampFormat, texts.timestampLocation, localZone);
  checkSnapshotNames(texts.prefix, format);
  const naming = { prefix: texts.prefix, format };
  return texts.type === 'periodic'
    ? { type: 'periodic', intervalMs: texts.intervalMs, naming }
    : { type: 'cron', schedule: parseCron(texts.cron, localZone), naming };
}
