import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import type { JobPlan } from '../../../core/api/status.ts';
import { renderPlan } from '../../../core/cli/view/plan.ts';

const problem = new ProblemError('diverged', { name: 'p/d', host: 'nas' }).toProblem();

const examplePlan: JobPlan = {
  job: 'laptop',
  replication: [
    { dataset: 'p/a', verdict: 'up-to-date', problem: null, notes: [], steps: [] },
    {
      dataset: 'p/b',
      verdict: 'steps',
      problem: null,
      notes: ['partial state is discarded'],
      steps: [
        { kind: 'full', from: null, to: '@1', snapshotCount: 1, resumedFromBytes: 1024, bytesExpected: 2 ** 30 },
        { kind: 'range', from: '@1', to: '@4', snapshotCount: 3, resumedFromBytes: null, bytesExpected: null },
      ],
    },
    { dataset: 'p/c', verdict: 'skipped', problem: null, notes: ['it is a stand-in'], steps: [] },
    { dataset: 'p/d', verdict: 'problem', problem, notes: [], steps: [] },
  ],
  pruning: [
    {
      side: 'sender',
      problem: null,
      datasets: [
        {
          dataset: 'p/a',
          skipReason: '',
          problem: null,
          snapshots: [
            { name: '1', verdict: 'destroy', because: ['no rule keeps it'] },
            {
              name: '2',
              verdict: 'keep',
              because: ['last_n 1', 'it is the newest and is kept in any case, whatever the rules may say of it'],
            },
          ],
        },
        { dataset: 'p/d', skipReason: 'not replicated yet', problem: null, snapshots: [] },
      ],
    },
    { side: 'receiver', problem: new ProblemError('host-unreachable', { host: 'nas' }).toProblem(), datasets: [] },
    { side: 'local', problem: null, datasets: [] },
  ],
};

describe('renderPlan', () => {
  it('shows what would be sent and destroyed, and why', () => {
    expect(renderPlan(examplePlan, 80, false).join('\n')).toBe(`What a run of laptop would do now

Replication
  ✓ p/a  up to date
  ▸ p/b  2 steps
      full to @1 · about 1.0 GiB · goes on at 1.0 KiB
      @1 → @4 · 3 snapshots
      partial state is discarded
  · p/c  skipped
      it is a stand-in
  ✗ p/d  cannot be replicated
      p/d on nas has newer snapshots that are not on the sender.
      Nothing was overwritten. New changes of it are not backed up.
      → Keep both: rename the copy on nas. Or destroy the listed snapshots there
      if nobody needs them.

Pruning (sender)
  p/a  1 kept, 1 destroyed
    destroy  1  no rule keeps it
    keep     2
             last_n 1; it is the newest and is kept in any case, whatever the
             rules may say of it
  p/d  0 kept, 0 destroyed
      skipped: not replicated yet

Pruning (receiver)
    nas cannot be reached.
    What was backed up before is still there; the newest changes are not on the
    destination yet.
    → See whether nas is switched on and in the network; the job tries again by
    itself.

Pruning (here)
  nothing to do`);
  });

  it('says when there is nothing', () => {
    expect(renderPlan({ job: 'j', replication: [], pruning: [] }, 80, false).join('\n')).toBe(
      'What a run of j would do now\n\nReplication\n  nothing to do',
    );
  });

  it('shows a problem of one dataset, in colour', () => {
    const dataset = { dataset: 'p', skipReason: '', problem, snapshots: [] };
    const text = renderPlan(
      { job: 'j', replication: [], pruning: [{ side: 'local', problem: null, datasets: [dataset] }] },
      80,
      true,
    );
    expect(text.join('\n')).toContain('\u001b[31mp/d on nas has newer');
  });
});
