import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../lab/guests/index.ts';
import type { Trigger } from '../../lab/torture/points.ts';
import { armedText, FILES, standIn } from '../../lab/torture/trigger.ts';

let folder: string;
let stream: string;
const trigger: Trigger = { guest: 'workstation', pattern: '^send ', nth: 1, moment: 'before' };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snapferry-stand-in-'));
  stream = join(folder, 'stream');
  const zfs = join(folder, 'zfs');
  // The one that stands for the real zfs: says that it ran, sends or receives 100,000 bytes, ends with 7.
  await writeFile(
    zfs,
    `#!/bin/bash\necho "$*" >> ${folder}/ran\ncase "$1" in send) head -c 100000 /dev/zero ;; receive) cat > ${stream} ;; esac\nexit 7\n`,
    { mode: 0o755 },
  );
  await writeFile(join(folder, 'stand-in'), standIn({ zfs, folder }), { mode: 0o755 });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const arm = (changes: Partial<Trigger>) => writeFile(join(folder, FILES.armed), armedText({ ...trigger, ...changes }));
const has = (file: string) => existsSync(join(folder, file));
const letGo = () => writeFile(join(folder, FILES.go), '');
const isReached = () =>
  until(async () => has(FILES.reached), { what: 'the moment is reached', timeoutMs: 20_000, pollMs: 5 });

function start(args: readonly string[], input = '') {
  const child = spawn(join(folder, 'stand-in'), args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const output = text(child.stdout);
  return once(child, 'close').then(async ([code]) => ({ code: Number(code), output: await output }));
}

describe('the stand-in for zfs', () => {
  test('without being armed, everything goes through', async () => {
    const { code, output } = await start(['send', 'a@1']);
    expect([code, output.length]).toEqual([7, 100_000]);
    expect(has(FILES.reached)).toBe(false);
  });

  test('before: the command has not run until it is let go', async () => {
    await arm({});
    const run = start(['send', 'a@1']);
    await isReached();
    expect(has('ran')).toBe(false);
    await letGo();
    expect((await run).code).toBe(7);
    expect(await readFile(join(folder, 'ran'), 'utf8')).toBe('send a@1\n');
  });

  test('after: the command has run, and its exit code comes only later', async () => {
    await arm({ pattern: '^hold zrepl_STEP_', moment: 'after' });
    const run = start(['hold', 'zrepl_STEP_J_home', 'a@1']);
    await isReached();
    expect(has('ran')).toBe(true);
    expect(await readFile(join(folder, FILES.reached), 'utf8')).toBe('hold zrepl_STEP_J_home a@1\n');
    await letGo();
    expect(await run).toEqual({ code: 7, output: '' });
  });

  test('only the nth matching command is held', async () => {
    await arm({ nth: 3 });
    await start(['send', 'a@1']);
    await start(['list', 'a']);
    await start(['send', 'a@2']);
    expect(has(FILES.reached)).toBe(false);
    const third = start(['send', 'a@3']);
    await isReached();
    expect(await readFile(join(folder, FILES.reached), 'utf8')).toBe('send a@3\n');
    await letGo();
    await third;
    expect((await start(['send', 'a@4'])).code).toBe(7);
  });

  test('within a receive: exactly so many bytes have arrived, and afterwards all of them', async () => {
    await arm({ pattern: '^receive ', moment: { afterBytes: 70_001 } });
    const run = start(['receive', 'b'], 'x'.repeat(150_000));
    await isReached();
    const size = async () => (existsSync(stream) ? (await readFile(stream)).length : 0);
    await until(async () => (await size()) === 70_001, { what: 'the bytes arrive', timeoutMs: 20_000, pollMs: 5 });
    await letGo();
    expect((await run).code).toBe(7);
    expect(await size()).toBe(150_000);
  });

  test('within a send: nothing is lost, the exit code is that of zfs', async () => {
    await arm({ moment: { afterBytes: 5 } });
    const run = start(['send', 'a@1']);
    await isReached();
    await letGo();
    const { code, output } = await run;
    expect([code, output.length]).toEqual([7, 100_000]);
  });

  test('what cannot be a trigger is refused', () => {
    for (const bad of [{ pattern: 'a\nb' }, { nth: 0 }, { nth: 1.5 }, { moment: { afterBytes: -1 } }]) {
      expect(() => armedText({ ...trigger, ...bad })).toThrow(RangeError);
    }
  });
});
