/** What tells an installation from another: its version and the usage texts of its commands. */
import { fail, type Output, succeed } from './output.ts';
import type { Machine } from './world.ts';

/** The lines by which programs recognise what a command can do. */
const USAGE: ReadonlyMap<string, string> = new Map([
  ['send', 'missing snapshot argument\nusage:\n\tsend [-nVvPe] -t <receive_resume_token>'],
  ['receive', 'missing snapshot argument\nusage:\n\treceive -A <filesystem|volume>'],
  ['destroy', 'missing dataset argument\nusage:\n\tdestroy [-dnpRrv] <filesystem|volume>@<snap>[%<snap>][,...]'],
  ['load-key', 'missing dataset argument(s)\nusage:\n\tload-key [-rn] [-L <keylocation>] <-a | filesystem|volume>'],
]);

export function versionCommand({ zfsRelease }: Machine): Output {
  const text = `${zfsRelease.join('.')}-1`;
  return succeed(`zfs-${text}\nzfs-kmod-${text}\n`);
}

/** Null: the command has something to do without arguments, or is unknown. */
export function usageOf(command: string): Output | null {
  const text = USAGE.get(command);
  return text === undefined ? null : fail(text, 2);
}
