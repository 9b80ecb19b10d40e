import { describe, expect, it } from 'vitest';
import { runChild } from '../../../scripts/lib/child.ts';
import { watchInterrupts } from '../../../scripts/lib/interrupt.ts';
import { runParts } from '../../../scripts/lib/parts.ts';

const passing = { name: 'one', run: async () => null };
const failing = { name: 'two', run: async () => 'the reason' };
const throwing = {
  name: 'three',
  run: async () => {
    throw new Error('broke');
  },
};

describe('runParts', () => {
  it('goes on after a failure and names all of them', async () => {
    const lines: string[] = [];
    const result = await runParts([failing, throwing, passing], (line) => lines.push(line));
    expect(result).toEqual({ totals: { passed: 1, failed: 2, skipped: 0 }, failed: ['two', 'three'] });
    const text = lines.join('\n');
    expect(text).toContain('the reason');
    expect(text).toContain('broke');
    expect(text).toMatch(/one: ok \(\d+\.\d s\)/);
    expect(text).toMatch(/two: FAILED/);
  });

  it('runs nothing more when asked to end, and does not call that a success', async () => {
    const asking = {
      name: 'asking',
      run: async () => {
        process.emit('SIGTERM');
        return null;
      },
    };
    const result = await runParts([asking, passing], () => undefined);
    expect(result).toEqual({ totals: { passed: 1, failed: 1, skipped: 0 }, failed: ['interrupted'] });
  });
});

describe('watchInterrupts', () => {
  it('notes only while it watches', () => {
    const before = process.listenerCount('SIGINT');
    const watch = watchInterrupts();
    expect(watch.asked()).toBe(false);
    process.emit('SIGINT');
    expect(watch.asked()).toBe(true);
    watch[Symbol.dispose]();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});

describe('runChild', () => {
  it('keeps both outputs, and standard output alone', async () => {
    const script = 'console.log("out"); console.error("err"); process.exitCode = 3';
    const result = await runChild(process.execPath, ['-e', script], { output: 'keep' });
    expect(result).toMatchObject({ code: 3, stdout: 'out\n' });
    expect(result.output.split('\n').sort()).toEqual(['', 'err', 'out']);
  });

  it('hands on being asked to end, and tells what became of it', async () => {
    const running = runChild(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { output: 'keep' });
    process.emit('SIGTERM');
    expect((await running).code).toBeNull();
  });

  it('rejects when there is no such program', async () => {
    await expect(runChild('/no/such/program', [], { output: 'keep' })).rejects.toThrow(/ENOENT/);
  });
});
