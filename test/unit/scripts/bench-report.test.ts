import { expect, it } from 'vitest';
import { type BenchSection, updateReport } from '../../../scripts/bench/report.ts';

const section = (name: string, ours: string): BenchSection => ({
  name,
  summary: `what ${name} does`,
  machine: 'a machine',
  runs: 5,
  rows: [{ what: 'x', ours, rival: '', ratio: 1.5, goal: '>= 1' }],
});

it('a bench that is measured again replaces its own section and no other', () => {
  const order = ['one', 'two', 'three'];
  const first = updateReport('', [section('three', '3 s'), section('one', '1 s')], order);
  const again = updateReport(first, [section('one', '9 s')], order);
  expect([...again.matchAll(/^## (.*)$/gm)].map(([, name]) => name)).toEqual(['one', 'three']);
  expect(again).toContain('| 9 s ');
  expect(again).not.toContain('| 1 s ');
  expect(again).toContain('| 3 s ');
  expect(again).toContain('npm run bench -- --only three --runs 5');
  expect(updateReport(again, [], order)).toBe(again);
});

it('a bench that is there no more leaves no section', () => {
  const text = updateReport('', [section('gone', '1 s')], ['gone']);
  expect(updateReport(text, [section('new', '2 s')], ['new'])).not.toContain('gone');
});
