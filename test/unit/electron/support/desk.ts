/** A desk that remembers nothing beyond the test. */
import { NoticeHistory } from '../../../../electron/notices/history.ts';
import { ShellDesk, type Switches } from '../../../../electron/shell/desk.ts';

export interface SomeDesk {
  readonly desk: ShellDesk;
  /** What it wanted to keep, newest last. */
  readonly kept: Switches[];
  /** Whether it starts with the session; may refuse to be changed. */
  readonly autostart: { on: boolean; fixed: boolean };
}

export function someDesk(switches: Switches = {}): SomeDesk {
  const kept: Switches[] = [];
  const autostart = { on: false, fixed: false };
  const desk = new ShellDesk({
    switches,
    keep: (next) => kept.push(next),
    history: new NoticeHistory([], () => {}),
    autostart: {
      state: async () => (autostart.on ? 'on' : 'off'),
      set: async (on) => {
        if (autostart.fixed) throw new Error('read-only file system');
        autostart.on = on;
      },
    },
  });
  return { desk, kept, autostart };
}
