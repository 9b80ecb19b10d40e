/** Tells the test of the first command that matches, in files of a folder; holds nothing up. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv, Host } from '../../../../core/host/types.ts';

const ARMED = 'armed';
const REACHED = 'reached';

/** For the test: from now on a command is waited for. */
export function armGate(folder: string, pattern: string | null): void {
  rmSync(join(folder, REACHED), { force: true });
  rmSync(join(folder, ARMED), { force: true });
  if (pattern === null) return;
  writeFileSync(join(folder, `${ARMED}.new`), pattern);
  renameSync(join(folder, `${ARMED}.new`), join(folder, ARMED));
}

/** For the test: the words of the command that was started; null as long as none was. */
export function passedGate(folder: string): string | null {
  const file = join(folder, REACHED);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

/** A host whose commands are looked at as they start. */
export function gatedHost(host: Host, folder: string): Host {
  const look = (argv: Argv): void => {
    const armed = join(folder, ARMED);
    const words = argv.join(' ');
    if (!existsSync(armed) || !new RegExp(readFileSync(armed, 'utf8')).test(words)) return;
    rmSync(armed);
    writeFileSync(join(folder, `${REACHED}.new`), words);
    renameSync(join(folder, `${REACHED}.new`), join(folder, REACHED));
  };
  return {
    label: host.label,
    kind: host.kind,
    run: (argv, options) => {
      const work = host.run(argv, options);
      look(argv);
      return work;
    },
    start: (argv, options) => {
      const work = host.start(argv, options);
      look(argv);
      return work;
    },
    ping: (options) => host.ping(options),
    close: () => host.close(),
  };
}
