import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../core/config/edit.ts';
import { parseConfig } from '../../../core/config/parse-config.ts';
import { protectedChanges } from '../../../core/config/protect.ts';

const textOf = (drives: string) => `jobs:
  - type: push
    name: photos
    connect:
      type: drive
${drives}    filesystems: {"tank/home<": true}
    snapshotting: {type: manual}
    pruning: {keep_sender: [{type: last_n, count: 1}], keep_receiver: [{type: last_n, count: 1}]}
`;
const SET = `      drives:
        # in the drawer
        - {pool: blue, pool_guid: "5", root_fs: blue/backups} # since May
        # at my sister's
        - {pool: red, pool_guid: "7", root_fs: red/backups, key_file: /k}
        - pool: green # the new one
          pool_guid: "18446744073709551615"
          root_fs: green/backups
`;
const forget = (text: string, poolGuid: string) => applyEdits(text, [{ op: 'forget-drive', job: 'photos', poolGuid }]);
const guidsIn = (text: string) => {
  const { config, problems } = parseConfig(text, { fileName: 'f' });
  expect(problems).toEqual([]);
  const [job] = config?.jobs ?? [];
  return job?.type === 'push' && job.connect.type === 'drive' ? job.connect.drives.map(({ poolGuid }) => poolGuid) : [];
};

describe('forgetting a drive of a set', () => {
  it.each([
    ['5', [7n, 18446744073709551615n], ["at my sister's", 'the new one']],
    ['7', [5n, 18446744073709551615n], ['in the drawer', 'since May', 'the new one']],
    ['18446744073709551615', [5n, 7n], ['in the drawer', 'since May', "at my sister's"]],
  ] as const)('%s leaves the others as they were written', (poolGuid, left, comments) => {
    const after = forget(textOf(SET), poolGuid);
    expect(guidsIn(after)).toEqual(left);
    for (const comment of comments) expect(after).toContain(comment);
    // It says nothing that only the file may say.
    expect(protectedChanges(textOf(SET), after)).toEqual([]);
  });

  it('is refused where it is the only one, no list, or not there', () => {
    const one = forget(forget(textOf(SET), '5'), '7');
    expect(() => forget(one, '18446744073709551615')).toThrow('edit-refused');
    expect(() => forget(textOf(SET), '6')).toThrow('edit-refused');
    expect(() => forget(textOf('      pool: blue\n      pool_guid: "5"\n      root_fs: blue/backups\n'), '5')).toThrow(
      'edit-refused',
    );
    expect(() => applyEdits(textOf(SET), [{ op: 'forget-drive', job: 'x', poolGuid: '5' }])).toThrow('job-unknown');
  });
});
