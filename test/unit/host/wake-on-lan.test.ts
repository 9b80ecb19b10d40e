import { createSocket } from 'node:dgram';
import { expect, test } from 'vitest';
import { wakeUp } from '../../../core/host/wake-on-lan.ts';
import { codeOf } from './fake-ssh.ts';

const MAC = '00:11:32:aa:bb:cc';
const ADDRESS = [0x00, 0x11, 0x32, 0xaa, 0xbb, 0xcc];

test('the packet that arrives is six ones and sixteen times the address', async () => {
  const socket = createSocket('udp4');
  const arrived = new Promise<Buffer>((resolve) => socket.once('message', resolve));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  try {
    await wakeUp({ mac: MAC, broadcast: '127.0.0.1', port: socket.address().port });
    const bytes = [...(await arrived)];
    expect(bytes).toHaveLength(102);
    expect(bytes.slice(0, 6)).toEqual([255, 255, 255, 255, 255, 255]);
    for (let n = 0; n < 16; n++) expect(bytes.slice(6 + 6 * n, 12 + 6 * n)).toEqual(ADDRESS);
  } finally {
    socket.close();
  }
});

test('one packet that gets out is enough, none is an error', async () => {
  const target = { mac: MAC, broadcast: '192.0.2.255', port: 9 };
  let calls = 0;
  const sometimes = async () => {
    calls += 1;
    if (calls < 3) throw new Error('ENETUNREACH');
  };
  await wakeUp(target, sometimes);
  expect(calls).toBe(3);
  const never = async () => {
    throw new Error('ENETUNREACH');
  };
  await expect(wakeUp(target, never)).rejects.toThrow('ENETUNREACH');
});

test.each(['', '00:11:32:aa:bb', '00:11:32:aa:bb:cc:dd', '0g:11:32:aa:bb:cc'])('"%s" is no address', async (mac) => {
  let sent = 0;
  const send = async () => {
    sent += 1;
  };
  expect(await codeOf(wakeUp({ mac, broadcast: '127.0.0.1', port: 9 }, send))).toBe('internal');
  expect(sent).toBe(0);
});
