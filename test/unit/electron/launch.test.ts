import { describe, expect, it } from 'vitest';
import { browserCommand, hasDisplay } from '../../../electron/browser/launch.ts';
import { languageOf } from '../../../electron/messages/languages.ts';

describe('the browser', () => {
  const only =
    (...programs: readonly string[]) =>
    (program: string) =>
      Promise.resolve(programs.includes(program));

  it('shows a window of its own where it can', async () => {
    expect(await browserCommand('file:///x', only('xdg-open', 'chromium'))).toEqual(['chromium', '--app=file:///x']);
    expect(await browserCommand('file:///x', only('xdg-open'))).toEqual(['xdg-open', 'file:///x']);
    expect(await browserCommand('file:///x', only())).toBeNull();
  });

  it('needs a display', () => {
    expect(hasDisplay({ DISPLAY: ':0' })).toBe(true);
    expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
    expect(hasDisplay({ DISPLAY: '' })).toBe(false);
  });
});

describe('languageOf', () => {
  it.each([
    [{ LANG: 'de_AT.UTF-8' }, 'de'],
    [{ LANG: 'en_GB.UTF-8', LC_ALL: 'de_DE' }, 'de'],
    [{ LANGUAGE: 'de:en', LANG: 'en_US' }, 'de'],
    [{ LANG: 'fr_FR.UTF-8' }, 'en'],
    [{ LANG: 'den' }, 'en'],
    [{}, 'en'],
  ] as const)('%j is %s', (env, language) => {
    expect(languageOf(env)).toBe(language);
  });
});
