import { expect, it } from 'vitest';
import { configOf, configOfText } from './engine/config-text.ts';
import { scenarioOf } from './engine/draw.ts';

it('a configuration put together from parts is what the engine reads from the text', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const scenario = scenarioOf(seed);
    for (const settings of [scenario.settings, ...scenario.acts.flatMap((act) => act.settings ?? [])]) {
      expect(configOf(scenario, settings)).toEqual(configOfText(scenario, settings));
    }
  }
});
