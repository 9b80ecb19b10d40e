import { describe, expect, it } from 'vitest';
import { prepare, receive, sendOf, snapshotNames, tokenOf } from '../conformance/support.ts';
import { simFixture } from './fixture.ts';

describe.each(['direct', 'text'] as const)('a simulated transfer with listings as %s', (listing) => {
  it('arrives, breaks, and goes on', async () => {
    const { source, target } = simFixture({ source: '2.3', target: '2.1', listing });
    await prepare(source, 'a', '+3', '1', '+4', '2');
    await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
    const cut = receive(target, 'a', source.cutting(2), await sendOf(source, 'a@2', 'a@1'));
    await expect(cut).rejects.toMatchObject({ code: 'receive-interrupted' });
    const token = await tokenOf(target, 'a');
    await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1', { token }));
    expect(await snapshotNames(target, 'a')).toEqual(['1', '2']);
  });
});
