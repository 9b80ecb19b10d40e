/** Other keep rules for one side of a job; a rule that stays the same stays as it was written. Pure. */
import { type Document, isMap, type Node, type YAMLMap } from 'yaml';
import type { KeepRuleForm, KeepSide, WantedRules } from '../api/config-forms.ts';
import { gridText } from '../api/keep.ts';
import { invariant } from '../api/problem.ts';
import { misfit, nodeOf } from './document.ts';
import { keepNode, putText, textIn } from './edit-place.ts';
import { saysTrue } from './scalars.ts';
import { parseGrid } from './values/grid.ts';
import { parseInteger } from './values/integer.ts';

/** Throws `job-unknown`, and `edit-refused` where only the file can change it or a rule comes from nowhere. */
export function setKeep(document: Document, job: string, side: KeepSide, wanted: WantedRules): void {
  const list = keepNode(document, job, side);
  if (list === null) throw misfit('edit-shared-keep', { job });
  const before = [...list.items];
  const used = new Set<number>();
  const inline = before.length > 0 && before.every((item) => isMap(item) && item.flow === true);
  list.items = wanted.map(({ from, rule }): Node => {
    if (from === null) return freshRule(document, rule, inline);
    const node = before[from];
    if (!isMap(node) || used.has(from)) throw misfit('edit-no-rule', { index: String(from) });
    used.add(from);
    if (rule !== null) changeRule(document, node, rule);
    return node;
  });
}

/** What a rule says, key by key, as it is written; what is so without being said is left out of a new one. */
function wordsOf(rule: KeepRuleForm): readonly Word[] {
  switch (rule.type) {
    case 'not_replicated':
      return [yesOrNo('keep_snapshot_at_cursor', rule.keepSnapshotAtCursor, true)];
    case 'last_n':
      return [
        { key: 'count', text: String(rule.count), unsaid: false, same: (text) => numberIn(text) === rule.count },
        { key: 'regex', text: rule.regex, unsaid: rule.regex === '', same: (text) => text === rule.regex },
      ];
    case 'grid': {
      const text = gridText(rule.grid);
      return [
        { key: 'grid', text, unsaid: false, same: (written) => bucketsIn(written) === bucketsIn(text) },
        { key: 'regex', text: rule.regex, unsaid: false, same: (written) => written === rule.regex },
      ];
    }
    case 'regex':
      return [
        { key: 'regex', text: rule.regex, unsaid: false, same: (text) => text === rule.regex },
        yesOrNo('negate', rule.negate, false),
      ];
  }
}

interface Word {
  readonly key: string;
  readonly text: string;
  /** It means the same when it is left out. */
  readonly unsaid: boolean;
  readonly same: (written: string) => boolean;
}

function yesOrNo(key: string, value: boolean, whenUnsaid: boolean): Word {
  return { key, text: String(value), unsaid: value === whenUnsaid, same: (text) => saysTrue(text) === value };
}

function changeRule(document: Document, node: YAMLMap, rule: KeepRuleForm): void {
  if (textIn(node, 'type') !== rule.type) throw misfit('edit-other-rule');
  for (const { key, text, unsaid, same } of wordsOf(rule)) {
    const written = textIn(node, key);
    if (written === null ? !unsaid : !same(written)) putText(document, node, key, text);
  }
}

function freshRule(document: Document, rule: KeepRuleForm | null, inline: boolean): Node {
  invariant(rule !== null, 'a new rule says something');
  const said = wordsOf(rule).filter(({ unsaid }) => !unsaid);
  const node = nodeOf(document, { type: rule.type, ...Object.fromEntries(said.map(({ key, text }) => [key, text])) });
  if (isMap(node) && inline) node.flow = true;
  return node;
}

function numberIn(text: string): number | null {
  const read = parseInteger(text);
  return read.ok ? read.value : null;
}

function bucketsIn(text: string): string | null {
  const read = parseGrid(text);
  return read.ok ? read.value.map(({ lengthS, keep }) => `${lengthS} ${keep}`).join() : null;
}
