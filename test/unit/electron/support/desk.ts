/** A desk that remembers nothing beyond the test. */
import type { HelperStart, Kept } from '../../../../core/api/shell-desk.ts';
import { NoticeHistory } from '../../../../electron/notices/history.ts';
import { ShellDesk, type Switches } from '../../../../electron/shell/desk.ts';

export interface SomeDesk {
  readonly desk: ShellDesk;
  /** What it wanted to keep, newest last. */
  readonly kept: Switches[];
  /** The same of what windows left. */
  readonly left: Kept[];
  /** Whether it starts with the session; may refuse to be changed. */
  readonly autostart: { on: boolean; fixed: boolean };
}

const helper: HelperStart = { state: 'installed', command: [], changeable: [], detail: '' };

export function someDesk(switches: Switches = {}): SomeDesk {
  const kept: Switches[] = [];
  const left: Kept[] = [];
  const autostart = { on: false, fixed: false };
  const desk = new ShellDesk({
    switches,
    keep: (next) => kept.push(next),
    windows: {},
    keepOfWindows: (next) => left.push(next),
    helper: {
      state: async () => helper,
      start: async () => helper,
    },
    history: new NoticeHistory([], () => {}),
    autostart: {
      state: async () => (autostart.on ? 'on' : 'off'),
      set: async (on) => {
        if (autostart.fixed) throw new Error('read-only file system');
        autostart.on = on;
      },
    },
  });
  return { desk, kept, left, autostart };
}
