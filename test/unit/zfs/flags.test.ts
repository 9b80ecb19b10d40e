import { describe, expect, it } from 'vitest';
import { receiveArgs, receiveFlagArgs, sendArgs, sendFlagArgs } from '../../../core/zfs/flags.ts';
import type { ReceiveRequest, SendFlags, SendRequest } from '../../../core/zfs/types.ts';
import { REAL_TOKENS } from './support/real-tokens.ts';

const NONE: SendFlags = {
  raw: false,
  properties: false,
  backupProperties: false,
  largeBlocks: false,
  compressed: false,
  embeddedData: false,
};
const ALL: SendFlags = {
  raw: true,
  properties: true,
  backupProperties: true,
  largeBlocks: true,
  compressed: true,
  embeddedData: true,
};
const RECEIVE: ReceiveRequest = { dataset: 'p/a', force: false, savePartial: false, inherit: [], override: [] };
const SEND: SendRequest = { dataset: 'p/a b', to: { name: '2', guid: 2n }, range: false, flags: NONE };
const TOKEN = REAL_TOKENS.full?.text ?? '';

describe('send', () => {
  it('has its flags in a fixed order', () => {
    expect(sendFlagArgs(NONE)).toEqual([]);
    expect(sendFlagArgs(ALL)).toEqual(['-w', '-p', '-b', '-L', '-c', '-e']);
    expect(sendFlagArgs({ ...NONE, raw: true })).toEqual(['-w']);
    expect(sendFlagArgs({ ...NONE, properties: true })).toEqual(['-p']);
    expect(sendFlagArgs({ ...NONE, backupProperties: true })).toEqual(['-b']);
    expect(sendFlagArgs({ ...NONE, properties: true, backupProperties: true })).toEqual(['-p', '-b']);
  });

  it('has nothing but the token beside a token', () => {
    expect(sendFlagArgs({ ...NONE, compressed: true }, '$theresumetoken$')).toEqual(['-t', '$theresumetoken$']);
    const resumed: SendRequest = {
      ...SEND,
      from: { type: 'snapshot', name: '1', guid: 1n },
      flags: ALL,
      resumeToken: TOKEN,
    };
    expect(sendArgs(resumed, 'run')).toEqual(['send', '-v', '-P', '-t', TOKEN]);
    expect(sendArgs(resumed, 'estimate')).toEqual(['send', '-n', '-v', '-P', '-t', TOKEN]);
  });

  it('names both ends in full', () => {
    expect(sendArgs(SEND, 'run')).toEqual(['send', '-v', '-P', 'p/a b@2']);
    const from = { name: '1', guid: 1n };
    expect(sendArgs({ ...SEND, from: { type: 'snapshot', ...from } }, 'run')).toEqual([
      'send',
      '-v',
      '-P',
      '-i',
      'p/a b@1',
      'p/a b@2',
    ]);
    expect(sendArgs({ ...SEND, from: { type: 'bookmark', ...from } }, 'estimate')).toEqual([
      'send',
      '-n',
      '-v',
      '-P',
      '-i',
      'p/a b#1',
      'p/a b@2',
    ]);
    expect(sendArgs({ ...SEND, from: { type: 'snapshot', ...from }, range: true, flags: ALL }, 'run')).toEqual([
      'send',
      '-v',
      '-P',
      '-w',
      '-p',
      '-b',
      '-L',
      '-c',
      '-e',
      '-I',
      'p/a b@1',
      'p/a b@2',
    ]);
  });

  it('refuses what no zfs can carry out', () => {
    const from = { name: '1', guid: 1n };
    expect(() => sendArgs({ ...SEND, range: true }, 'run')).toThrow(/a range begins at a snapshot/);
    expect(() => sendArgs({ ...SEND, range: true, from: { type: 'bookmark', ...from } }, 'run')).toThrow(/internal/);
    const range: SendRequest = { ...SEND, range: true, from: { type: 'snapshot', ...from }, resumeToken: TOKEN };
    expect(() => sendArgs(range, 'run')).toThrow(/internal/);
    expect(() => sendArgs({ ...SEND, resumeToken: '-F' }, 'run')).toThrow(/token-corrupt/);
    expect(() => sendArgs({ ...SEND, dataset: '-R' }, 'run')).toThrow(/name-invalid/);
    expect(() => sendArgs({ ...SEND, dataset: 'p@x' }, 'run')).toThrow(/name-invalid/);
    expect(() => sendArgs({ ...SEND, to: { name: 'a%b', guid: 2n } }, 'run')).toThrow(/name-invalid/);
    expect(() => sendArgs({ ...SEND, from: { type: 'snapshot', name: '', guid: 1n } }, 'run')).toThrow(/name-invalid/);
  });
});

describe('receive', () => {
  it('has only the flags asked for', () => {
    expect(receiveFlagArgs(RECEIVE)).toEqual([]);
    expect(receiveFlagArgs({ ...RECEIVE, force: true })).toEqual(['-F']);
    expect(receiveFlagArgs({ ...RECEIVE, savePartial: true })).toEqual(['-s']);
    expect(receiveFlagArgs({ ...RECEIVE, override: [['abc', '123']] })).toEqual(['-o', 'abc=123']);
    expect(receiveFlagArgs({ ...RECEIVE, inherit: ['abc', '123'] })).toEqual(['-x', 'abc', '-x', '123']);
  });

  it('never mounts, and has its flags in a fixed order', () => {
    const request: ReceiveRequest = {
      dataset: 'p/a',
      snapshot: 'x y',
      force: true,
      savePartial: true,
      inherit: ['mountpoint'],
      override: [
        ['readonly', 'on'],
        ['canmount', 'noauto'],
      ],
    };
    expect(receiveArgs(request)).toEqual([
      'receive',
      '-u',
      '-F',
      '-s',
      '-x',
      'mountpoint',
      '-o',
      'readonly=on',
      '-o',
      'canmount=noauto',
      'p/a@x y',
    ]);
    expect(receiveArgs(RECEIVE)).toEqual(['receive', '-u', 'p/a']);
  });

  it('refuses names that would be options', () => {
    expect(() => receiveArgs({ ...RECEIVE, dataset: '-F' })).toThrow(/name-invalid/);
    expect(() => receiveArgs({ ...RECEIVE, snapshot: 'a@b' })).toThrow(/name-invalid/);
    expect(() => receiveArgs({ ...RECEIVE, inherit: ['-F'] })).toThrow(/name-invalid/);
    expect(() => receiveArgs({ ...RECEIVE, override: [['a=b', 'c']] })).toThrow(/name-invalid/);
    expect(() => receiveArgs({ ...RECEIVE, override: [['a', 'b\nc']] })).toThrow(/name-invalid/);
  });
});
