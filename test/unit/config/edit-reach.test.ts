import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../core/config/edit.ts';
import { configJobs } from '../../../core/config/job-forms.ts';
import { parseConfig } from '../../../core/config/parse-config.ts';
import { protectedChanges } from '../../../core/config/protect.ts';

const textWith = (more: string, pin = `host_key: "SHA256:${'A'.repeat(43)}"`) => `jobs:
  - type: push
    name: nas
    connect:
      type: ssh
      host: nas.local # upstairs
      ${pin}
      user: root
      identity_file: /k
      root_fs: tank/backup
${more}    filesystems: {"tank/home<": true}
    snapshotting: {type: manual}
    pruning: {keep_sender: [{type: last_n, count: 1}], keep_receiver: [{type: last_n, count: 1}]}
`;
const putFirst = (text: string, address: string) => applyEdits(text, [{ op: 'put-first', job: 'nas', address }]);
const reachIn = (text: string) => {
  const { config, problems } = parseConfig(text, { fileName: 'f' });
  expect(problems).toEqual([]);
  const [job] = config?.jobs ?? [];
  return job?.type === 'push' && job.connect.type === 'ssh' ? [job.connect.host, job.connect.alsoAt] : null;
};

describe('an address that is asked first', () => {
  it.each([
    ['', ['10.0.0.7', ['nas.local']]],
    ['      also_at: [10.0.0.7]\n', ['10.0.0.7', ['nas.local']]],
    ['      also_at: [10.0.0.5, 10.0.0.7]\n', ['10.0.0.7', ['10.0.0.5', 'nas.local']]],
    ['      also_at: [10.0.0.5]\n', ['10.0.0.7', ['nas.local', '10.0.0.5']]],
  ])('changes places with the one of before: %j', (more, reach) => {
    const after = putFirst(textWith(more), '10.0.0.7');
    expect(reachIn(after)).toEqual(reach);
    expect(after).toContain('host: 10.0.0.7 # upstairs');
    expect(protectedChanges(textWith(more), after)).toEqual([]);
  });

  it('is refused where the machine is known by its name, or nothing would change', () => {
    expect(() => putFirst(textWith('', 'known_hosts: /h'), '10.0.0.7')).toThrow('edit-refused');
    expect(() => putFirst(textWith(''), 'nas.local')).toThrow('edit-refused');
    expect(() => applyEdits(textWith(''), [{ op: 'put-first', job: 'x', address: 'a' }])).toThrow('job-unknown');
    expect(() => putFirst(textWith('      also_at: nowhere\n'), '10.0.0.7')).toThrow('edit-refused');
  });

  it('is told to be possible where it is', () => {
    const movable = (text: string) =>
      configJobs(parseConfig(text, { fileName: 'f' }), text, 0).map((job) => job.movable);
    expect([movable(textWith('')), movable(textWith('', 'known_hosts: /h'))]).toEqual([[true], [false]]);
  });
});
