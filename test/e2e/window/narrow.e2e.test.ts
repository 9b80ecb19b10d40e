/** The table where there is little room: a row is one line, whatever its cells say. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leavePicture } from './support/looks.ts';
import { calmHousehold } from './support/scenes.ts';
import { builtWindow, showWindow } from './support/window.ts';

let built: Awaited<ReturnType<typeof builtWindow>>;
beforeAll(async () => {
  built = await builtWindow();
});
afterAll(() => built[Symbol.asyncDispose]());

describe('a narrow window', () => {
  it.each(['en', 'de'] as const)('has rows of one line (%s)', async (language) => {
    await using shown = await showWindow(built.folder, calmHousehold(), {
      language,
      viewport: { width: 640, height: 860 },
    });
    const { page } = shown;
    const cells = page.locator('.grid-body .cell');
    await cells.first().waitFor();
    await leavePicture(page, `narrow-${language}`);
    const beyond = await cells.evaluateAll((all) =>
      all
        .filter(
          (cell) =>
            cell.clientHeight > 32 || cell.getBoundingClientRect().width > (cell.parentElement?.clientWidth ?? 0),
        )
        .map((cell) => cell.textContent),
    );
    expect(beyond).toEqual([]);
  });
});
