/** Sends that cannot be, and estimates. See zfs-send(8). */
import type { SendRequest } from '../../../core/zfs/types.ts';
import type { Case } from '../case.ts';
import type { Place } from '../fixture.ts';
import { at, codeOf, PLAIN, pathsOf, prepare, receive, sendOf } from '../support.ts';

/** How a request ends that can send nothing: as an estimate, and as a transfer. */
async function bothCodes(source: Place, target: Place, request: SendRequest): Promise<readonly string[]> {
  return [await codeOf(source.zfs.estimate(request)), await codeOf(receive(target, 'new', source.zfs, request))];
}

const GONE = ['send-source-gone', 'send-source-gone'];

export const SENDING: readonly Case[] = [
  {
    name: 'a snapshot that is gone cannot be sent, and nothing is left behind',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1');
      const request = await sendOf(source, 'a@1');
      await source.operator.destroySnapshot(at(source, 'a@1'));
      expect(await bothCodes(source, target, request)).toEqual(GONE);
      expect(await pathsOf(target)).toEqual([]);
    },
  },
  {
    name: 'a snapshot of a dataset that is gone cannot be sent',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1');
      const request = await sendOf(source, 'a@1');
      await source.operator.destroyDataset(at(source, 'a'));
      expect(await bothCodes(source, target, request)).toEqual(GONE);
    },
  },
  ...(['snapshot', 'bookmark'] as const).map(
    (type): Case => ({
      name: `an increment from a ${type} that is gone cannot be sent`,
      run: async ({ source, target }, expect) => {
        await prepare(source, 'a', '1', '+1', '2');
        const request = await sendOf(source, 'a@2');
        const from = { type, name: 'gone', guid: 1n };
        expect(await bothCodes(source, target, { ...request, from })).toEqual(GONE);
      },
    }),
  ),
  {
    name: 'an increment from a newer snapshot cannot be sent',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1', '+1', '2');
      expect(await bothCodes(source, target, await sendOf(source, 'a@1', 'a@2'))).toEqual(GONE);
    },
  },
  {
    name: 'an increment from a newer bookmark cannot be sent',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1', '+1', '2');
      await source.operator.bookmark(at(source, 'a@2'), 'mark');
      expect(await bothCodes(source, target, await sendOf(source, 'a@1', 'a#mark'))).toEqual(GONE);
    },
  },
  {
    name: 'a range from a bookmark reaches no command',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2');
      await source.operator.bookmark(at(source, 'a@1'), 'mark');
      const request = await sendOf(source, 'a@2', 'a#mark', { range: true });
      expect(await codeOf(source.zfs.estimate(request))).toBe('internal');
    },
  },
  {
    name: 'a range whose base is gone cannot be sent',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1', '+1', '2');
      const request = await sendOf(source, 'a@2', 'a@1', { range: true });
      await source.operator.destroySnapshot(at(source, 'a@1'));
      expect(await codeOf(receive(target, 'new', source.zfs, request))).toBe('send-source-gone');
    },
  },
  {
    name: 'a send goes by names: what stands there now is sent',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1');
      const request = await sendOf(source, 'a@1');
      await source.operator.destroySnapshot(at(source, 'a@1'));
      await source.operator.snapshot(at(source, 'a@1'));
      expect(await codeOf(receive(target, 'a', source.zfs, request))).toBe('ok');
      const [listed] = await target.zfs.listVersions([at(target, 'a')], { recursive: false, details: false });
      expect(listed?.versions[0]?.guid).not.toBe(request.to.guid);
    },
  },
  {
    name: 'the estimate of a first send is about its data',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '+16', '1');
      const [step, ...rest] = await source.zfs.estimate(await sendOf(source, 'a@1'));
      expect([step?.to, rest]).toEqual(['1', []]);
      expect(Math.abs((step?.sizeBytes ?? 0) / (16 * 128 * 1024) - 1)).toBeLessThan(0.25);
    },
  },
  {
    name: 'the estimate of an increment is about what changed',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '+16', '1', '+2', '2');
      const [step] = await source.zfs.estimate(await sendOf(source, 'a@2', 'a@1'));
      expect(step?.sizeBytes ?? 0).toBeGreaterThan(128 * 1024);
      expect(step?.sizeBytes ?? 0).toBeLessThan(5 * 128 * 1024);
    },
  },
  {
    name: 'an increment can be estimated from a bookmark, or is honestly unknown',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '+16', '1', '+2', '2');
      await source.operator.bookmark(at(source, 'a@1'), 'mark');
      const [step] = await source.zfs.estimate(await sendOf(source, 'a@2', 'a#mark'));
      expect(step?.to).toBe('2');
      if (step?.sizeBytes !== null) expect(step?.sizeBytes).toBeLessThan(5 * 128 * 1024);
    },
  },
  {
    name: 'a range is estimated step by step',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '+1', '1', '+2', '2', '+2', '3', '+2', '4');
      const steps = await source.zfs.estimate(await sendOf(source, 'a@4', 'a@1', { range: true }));
      expect(steps.map(({ to }) => to)).toEqual(['2', '3', '4']);
    },
  },
  {
    name: 'an estimate changes nothing',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '+1', '1', '+1', '2');
      const before = await source.observe();
      await source.zfs.estimate(await sendOf(source, 'a@2', 'a@1', { range: true }));
      expect(await source.observe()).toEqual(before);
    },
  },
  {
    name: 'a prepared send that nobody receives does nothing',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '+1', '1');
      const before = await source.observe();
      source.zfs.prepareSend(await sendOf(source, 'a@1'));
      expect(await source.observe()).toEqual(before);
    },
  },
  ...(
    [
      { largeBlocks: true },
      { compressed: true },
      { embeddedData: true },
      { largeBlocks: true, compressed: true, embeddedData: true },
      { raw: true },
    ] as const
  ).map(
    (flags): Case => ({
      name: `what is sent with ${Object.keys(flags).join(', ')} arrives, and so does the next step`,
      run: async ({ source, target }, expect) => {
        await prepare(source, 'a', '+2', '1', '+2', '2');
        const options = { flags: { ...PLAIN, ...flags } };
        await receive(target, 'a', source.zfs, await sendOf(source, 'a@1', null, options));
        await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1', options));
        const listed = await target.observe();
        expect(listed.find(({ path }) => path === 'a')?.snapshots.map(({ digest }) => digest)).toEqual(
          (await source.observe()).find(({ path }) => path === 'a')?.snapshots.map(({ digest }) => digest),
        );
      },
    }),
  ),
];
