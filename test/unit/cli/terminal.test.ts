import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { canDraw, wantsColour, widthOf } from '../../../core/cli/io.ts';
import { LiveView } from '../../../core/cli/live.ts';
import { createProcessIo } from '../../../core/cli/process-io.ts';
import { FakeClock } from '../helper/support/fake-clock.ts';
import { exampleStatus, NOW_MS } from './support/example-status.ts';
import { FakeIo } from './support/fake-io.ts';

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';

describe('LiveView', () => {
  function open(width = 80, height = 30) {
    const io = new FakeIo({ width, height }, new FakeClock(NOW_MS));
    return { io, view: new LiveView(io, 'q quits') };
  }

  it('takes the screen and gives it back, once', () => {
    const { io, view } = open();
    view.show(exampleStatus());
    view[Symbol.dispose]();
    view[Symbol.dispose]();
    view.show(exampleStatus());
    expect(io.out.startsWith(ENTER)).toBe(true);
    expect(io.out.endsWith(LEAVE)).toBe(true);
    expect(io.out.split(LEAVE)).toHaveLength(2);
    expect(io.listenerCount).toBe(0);
  });

  it('fills the terminal exactly, with the hint at the bottom', () => {
    const { io, view } = open();
    view.show(exampleStatus());
    const lines = io.frame().split('\r\n');
    expect(lines).toHaveLength(30);
    expect(lines.at(-1)).toContain('q quits');
  });

  it('draws anew for another size, and not twice the same', () => {
    const { io, view } = open();
    view.show(exampleStatus());
    const before = io.out.length;
    view.show(exampleStatus());
    expect(io.out.length).toBe(before);
    io.resize({ width: 60, height: 12 });
    expect(io.frame().split('\r\n')).toHaveLength(12);
    io.resize({ width: 60, height: 1 });
    expect(io.frame().split('\r\n')).toHaveLength(1);
  });

  it('keeps ages true and ends with its signal', async () => {
    const { io, view } = open();
    view.show(exampleStatus());
    const stop = new AbortController();
    const ticking = view.tick(stop.signal);
    expect(io.frame()).toContain('last success 52 min ago');
    await io.clock.advance(60_000);
    expect(io.frame()).toContain('last success 53 min ago');
    stop.abort();
    await ticking;
  });

  it('says for how long it has known nothing, until it knows again', async () => {
    const { io, view } = open();
    view.show(exampleStatus());
    view.lost();
    await io.clock.advance(90_000);
    view.lost();
    expect(io.frame()).toContain('has not answered for 1 min 30 s');
    view.show(exampleStatus());
    expect(io.frame()).not.toContain('has not answered');
  });
});

describe('what a terminal can do', () => {
  it('is drawn on only where it is one, and coloured only where wanted', () => {
    const terminal = new FakeIo({ width: 70, height: 20 });
    const file = new FakeIo(null);
    expect([canDraw(terminal), canDraw(file)]).toEqual([true, false]);
    expect([widthOf(terminal.stdout), widthOf(file.stdout)]).toEqual([70, 100]);
    expect([wantsColour(terminal, terminal.stdout), wantsColour(file, file.stdout)]).toEqual([true, false]);
    terminal.env.NO_COLOR = '1';
    expect(wantsColour(terminal, terminal.stdout)).toBe(false);
    terminal.env.NO_COLOR = '';
    expect(wantsColour(terminal, terminal.stdout)).toBe(true);
    terminal.env.TERM = 'dumb';
    expect([wantsColour(terminal, terminal.stdout), canDraw(terminal)]).toEqual([false, false]);
  });
});

describe('createProcessIo', () => {
  class FakeStream extends EventEmitter {
    isTTY = true;
    columns = 90;
    rows = 40;
    text = '';
    raw: boolean[] = [];
    paused = true;
    write(text: string): void {
      this.text += text;
    }
    setRawMode(raw: boolean): void {
      this.raw.push(raw);
    }
    resume(): void {
      this.paused = false;
    }
    pause(): void {
      this.paused = true;
    }
  }

  function start() {
    const proc = Object.assign(new EventEmitter(), {
      stdout: new FakeStream(),
      stderr: new FakeStream(),
      stdin: new FakeStream(),
      env: { NO_COLOR: '1' },
      exits: [] as number[],
      exit: (code: number): void => {
        proc.exits.push(code);
      },
    });
    return { proc, io: createProcessIo(proc, new FakeClock()) };
  }

  it('writes, measures, and falls back where the size is not known', () => {
    const { proc, io } = start();
    io.stdout.write('a');
    io.stderr.write('b');
    expect([proc.stdout.text, proc.stderr.text, io.env.NO_COLOR]).toEqual(['a', 'b', '1']);
    expect(io.stdout.size()).toEqual({ width: 90, height: 40 });
    proc.stdout.columns = 0;
    proc.stdout.rows = 0;
    expect(io.stdout.size()).toEqual({ width: 80, height: 24 });
    proc.stdout.isTTY = false;
    expect(io.stdout.size()).toBeNull();
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])(
    'is interrupted by %s, and lets the second one end the process',
    (signal) => {
      const { proc, io } = start();
      expect(io.interrupted.aborted).toBe(false);
      proc.emit(signal);
      expect(io.interrupted.aborted).toBe(true);
      expect(proc.listenerCount(signal)).toBe(0);
    },
  );

  it('ends quietly when nobody reads its output', () => {
    const { proc } = start();
    proc.stdout.emit('error', Object.assign(new Error('x'), { code: 'EIO' }));
    expect(proc.exits).toEqual([]);
    proc.stdout.emit('error', Object.assign(new Error('x'), { code: 'EPIPE' }));
    expect(proc.exits).toEqual([0]);
  });

  it('hears keys and changes of size, and stops to', () => {
    const { proc, io } = start();
    const heard: string[] = [];
    const stopKeys = io.onKey((key) => heard.push(key));
    const stopResize = io.onResize(() => heard.push('resize'));
    proc.stdin.emit('data', Buffer.from('aq'));
    proc.stdout.emit('resize');
    stopKeys();
    stopResize();
    proc.stdin.emit('data', Buffer.from('z'));
    proc.stdout.emit('resize');
    expect(heard).toEqual(['a', 'q', 'resize']);
    expect([proc.stdin.raw, proc.stdin.paused]).toEqual([[true, false], true]);
    proc.stdin.isTTY = false;
    io.onKey(() => heard.push('never'))();
    proc.stdin.emit('data', Buffer.from('z'));
    expect(heard).toHaveLength(3);
  });

  const secretOf = async (isTTY: boolean, ...chunks: (string | Buffer | null)[]) => {
    const { proc, io } = start();
    proc.stdin.isTTY = isTTY;
    const secret = io.readSecret('Password: ');
    for (const chunk of chunks) {
      if (chunk === null) proc.stdin.emit('end');
      else proc.stdin.emit('data', Buffer.from(chunk));
    }
    const read = await secret;
    expect(proc.stdin.paused).toBe(true);
    expect([proc.stdin.listenerCount('data'), proc.stdin.listenerCount('end')]).toEqual([0, 0]);
    expect(proc.stdin.raw).toEqual(isTTY ? [true, false] : []);
    expect(proc.stderr.text).toBe(isTTY ? 'Password: \n' : '');
    expect(proc.stdout.text).toBe('');
    return read;
  };

  it('reads a secret that nobody sees, from a terminal or the first line of a file', async () => {
    const umlaut = Buffer.from('ü');
    expect(await secretOf(true, 'op', 'enx\u007f se', umlaut.subarray(0, 1), umlaut.subarray(1), '\r')).toBe(
      'open seü',
    );
    expect(await secretOf(true, 'open\u0003')).toBeNull();
    expect(await secretOf(true, '\u0004')).toBeNull();
    expect(await secretOf(true, '\r')).toBeNull();
    expect(await secretOf(false, 'open\u007f\r\nmore')).toBe('open\u007f');
    expect(await secretOf(false, 'open', null)).toBe('open');
    expect(await secretOf(false, null)).toBeNull();
  });

  it('asks for no secret when it is interrupted', async () => {
    const { proc, io } = start();
    const secret = io.readSecret('Password: ');
    proc.emit('SIGTERM');
    expect(await secret).toBeNull();
    expect(await io.readSecret('Password: ')).toBeNull();
  });
});
