import { beforeEach, describe, expect, it, vi } from 'vitest';

/** A new window with what its browser remembers. */
async function windowWith(memory: Record<string, string>) {
  vi.resetModules();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => memory[key] ?? null,
    setItem: (key: string, value: string) => {
      memory[key] = value;
    },
    removeItem: (key: string) => {
      delete memory[key];
    },
  });
  return import('../../../renderer/stored.ts');
}

describe('what a window remembers', () => {
  beforeEach(() => {
    vi.unstubAllGlobals();
  });

  it('comes from earlier windows, but for what this one knows better', async () => {
    const memory: Record<string, string> = { 'snapferry.theme': 'light' };
    const { stored, store, takeKept } = await windowWith(memory);
    store('language', null);
    expect(takeKept({ theme: 'dark', language: 'de', setup: '{}' })).toEqual({ setup: '{}' });
    expect([stored('theme'), stored('language'), stored('setup')]).toEqual(['light', null, '{}']);
  });

  it('is left with the shell once, with its newest value', async () => {
    const { store, takeUnsaid, onStore } = await windowWith({});
    const heard = vi.fn();
    const stop = onStore(heard);
    store('theme', 'dark');
    store('setup', 'first');
    store('setup', null);
    expect(takeUnsaid()).toEqual([
      ['theme', 'dark'],
      ['setup', null],
    ]);
    expect(takeUnsaid()).toEqual([]);
    stop();
    store('theme', 'light');
    expect(heard).toHaveBeenCalledTimes(3);
  });

  it('is kept to itself where it is too long', async () => {
    const { store, takeUnsaid } = await windowWith({});
    store('setup', 'x'.repeat(256 * 1024 + 1));
    expect(takeUnsaid()).toEqual([]);
  });

  it('holds for this window where its browser refuses to remember', async () => {
    const { store, stored, takeUnsaid } = await windowWith({});
    vi.stubGlobal('localStorage', undefined);
    store('theme', 'dark');
    expect(stored('theme')).toBeNull();
    expect(takeUnsaid()).toEqual([['theme', 'dark']]);
  });
});
