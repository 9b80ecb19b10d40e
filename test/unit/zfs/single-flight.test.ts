import { describe, expect, it } from 'vitest';
import { askOnce } from '../../../core/zfs/single-flight.ts';

function question() {
  const asked: PromiseWithResolvers<string>[] = [];
  const ask = askOnce(() => {
    const next = Promise.withResolvers<string>();
    asked.push(next);
    return next.promise;
  }, 'nas');
  return { asked, ask };
}

describe('askOnce', () => {
  it('asks once for all who wait, and keeps the answer', async () => {
    const { asked, ask } = question();
    const answers = [ask(), ask()];
    asked[0]?.resolve('yes');
    expect(await Promise.all([...answers, ask()])).toEqual(['yes', 'yes', 'yes']);
    expect(asked).toHaveLength(1);
  });

  it('keeps no failure', async () => {
    const { asked, ask } = question();
    const first = ask();
    asked[0]?.reject(new Error('no'));
    await expect(first).rejects.toThrow('no');
    const second = ask();
    asked[1]?.resolve('yes');
    expect(await second).toBe('yes');
  });

  it('lets one leave without disturbing the others', async () => {
    const { asked, ask } = question();
    const leaving = new AbortController();
    const left = ask({ signal: leaving.signal });
    const stays = ask({ signal: new AbortController().signal });
    leaving.abort();
    await expect(left).rejects.toThrow(/command-aborted/);
    asked[0]?.resolve('yes');
    expect(await stays).toBe('yes');
    expect(asked).toHaveLength(1);
  });

  it('asks nothing for one who has left already', async () => {
    const { asked, ask } = question();
    await expect(ask({ signal: AbortSignal.abort() })).rejects.toThrow(/command-aborted/);
    expect(asked).toHaveLength(0);
  });
});
