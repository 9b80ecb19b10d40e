/** `snapshotting` and its `hooks`: when snapshots are taken, their names, and what runs around them. */
import { fieldFault } from '../../api/field-fault.ts';
import { parseCron } from '../../snapshotting/cron.ts';
import { compileTimestampFormat } from '../../snapshotting/timestamp.ts';
import { componentFault } from '../../zfs/names.ts';
import { andThen, byType, type Decoder, list, object, optional, required, typeIs } from '../decode.ts';
import { bool, filled, parsed, text } from '../scalars.ts';
import type {
  CommandHook,
  CronSnapshotting,
  DatabaseHook,
  HookConfig,
  PeriodicSnapshotting,
  SnapshottingConfig,
} from '../types.ts';
import { parseMysqlDsn, parsePostgresDsn } from '../values/dsn.ts';
import { parsePositiveSpan } from '../values/duration.ts';
import { bad, fromThrowing, good, type Parsed, quote } from '../values/parsed.ts';
import { parseAbsolutePath } from '../values/path.ts';
import { placeOf } from '../yaml/nodes.ts';
import { filesystems, positiveTimeout } from './common.ts';

const hookFields = {
  errIsFatal: optional('err_is_fatal', bool, false),
  timeoutMs: optional('timeout', positiveTimeout, 30_000),
} as const;

const command = object<CommandHook>({
  type: typeIs('command'),
  path: required('path', parsed(parseAbsolutePath)),
  filesystems: optional('filesystems', filesystems, new Map([['<', true]])),
  ...hookFields,
});

function database(type: DatabaseHook['type'], parseDsn: (text: string) => Parsed<string>): Decoder<DatabaseHook> {
  return object<DatabaseHook>({
    type: typeIs(type),
    dsn: required('dsn', parsed(parseDsn, { secret: true })),
    filesystems: required('filesystems', filesystems),
    ...hookFields,
  });
}

const hook: Decoder<HookConfig> = byType<HookConfig>({
  command,
  'postgres-checkpoint': database('postgres-checkpoint', parsePostgresDsn),
  'mysql-lock-tables': database('mysql-lock-tables', parseMysqlDsn),
});

/** Both halves of a year with daylight saving. */
const PROBE_DAYS_MS = [Date.UTC(2020, 5, 1), Date.UTC(2020, 11, 1)];

/** Whether prefix and timestamp make a name that ZFS takes; the value is of no use. */
function parseNaming(prefix: string, format: string, location: string): Parsed<null> {
  const compiled = fromThrowing(() => compileTimestampFormat(format, location));
  if (!compiled.ok) return compiled;
  for (const dayMs of PROBE_DAYS_MS) {
    const name = prefix + compiled.value(dayMs);
    const fault = componentFault(name);
    if (fault !== null) return bad(fieldFault('snapshot-name', { text: quote(name), reason: fault }));
  }
  return good(null);
}

const namedFields = {
  prefix: required('prefix', filled),
  timestampFormat: optional('timestamp_format', text, 'dense'),
  timestampLocation: optional('timestamp_location', text, 'UTC'),
  hooks: optional('hooks', list(hook), []),
} as const;

function checkedNaming<T extends PeriodicSnapshotting | CronSnapshotting>(decode: Decoder<T>): Decoder<T> {
  return andThen(decode, (value, node, at) => {
    const naming = parseNaming(value.prefix, value.timestampFormat, value.timestampLocation);
    return naming.ok ? value : at.complain(placeOf(node, 'timestamp_format'), naming.reason);
  });
}

const intervalMs = andThen(parsed(parsePositiveSpan), (seconds) => seconds * 1000);

const cronText = parsed((written) => {
  const schedule = fromThrowing(() => parseCron(written));
  return schedule.ok ? good(written) : schedule;
});

export const snapshotting: Decoder<SnapshottingConfig> = byType<SnapshottingConfig>({
  periodic: checkedNaming(
    object<PeriodicSnapshotting>({
      type: typeIs('periodic'),
      intervalMs: required('interval', intervalMs),
      ...namedFields,
    }),
  ),
  cron: checkedNaming(
    object<CronSnapshotting>({ type: typeIs('cron'), cron: required('cron', cronText), ...namedFields }),
  ),
  manual: object<{ type: 'manual' }>({ type: typeIs('manual') }),
});
