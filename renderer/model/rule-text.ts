/** The engine's reasons in the language of the window, where their form is known. Pure. */
import type { TextKey } from '../i18n/texts.ts';

type Translate = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

const KEPT_BY_RULE = /^rule (?<index>\d+) keeps it: (?<text>.*)$/s;
const BASE = /^the next increment with (?<label>.*) starts from it$/s;
const LAST = /^the last (?<count>\d+)(?<rest>.*)$/s;
const NAME = /^name (?<how>with|without) (?<regex>.*)$/s;
const GRID = /^grid (?<grid>.*)$/s;

/** What the engine said of a snapshot, translated; as it stands where its form is not known. */
export function reasonText(reason: string, t: Translate): string {
  switch (reason) {
    case 'no rule keeps it':
      return t('plan.rule.unwanted');
    case 'it is the newest snapshot of its dataset':
      return t('plan.rule.newest');
    case 'there are no rules, so nothing goes':
      return t('plan.rule.noRules');
  }
  const rule = KEPT_BY_RULE.exec(reason)?.groups;
  if (rule !== undefined) return t('plan.rule.rule', { index: rule.index ?? '', text: ruleText(rule.text ?? '', t) });
  const base = BASE.exec(reason)?.groups;
  return base === undefined ? reason : t('plan.rule.base', { label: base.label ?? '' });
}

function ruleText(rule: string, t: Translate): string {
  if (rule === 'not replicated yet') return t('plan.rule.notReplicated');
  const last = LAST.exec(rule)?.groups;
  if (last !== undefined) return `${t('plan.rule.lastN', { count: Number(last.count) })}${last.rest ?? ''}`;
  const grid = GRID.exec(rule)?.groups;
  if (grid !== undefined) return t('plan.rule.grid', { grid: grid.grid ?? '' });
  const name = NAME.exec(rule)?.groups;
  if (name === undefined) return rule;
  return t(name.how === 'with' ? 'plan.rule.nameWith' : 'plan.rule.nameWithout', { regex: name.regex ?? '' });
}
