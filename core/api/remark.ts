/**
 * The closed list of what the engine remarks beside problems: warnings of a run, why a dataset is left out, what a plan would throw
 * away, why a snapshot is kept, and the reasons within problems. Pure.
 */
import { type SayingFacts, sayingsOf } from './sayings.ts';

export const REMARKS = {
  'pattern-unmatched': 'the pattern "{pattern}" matches no dataset',
  'nothing-matches': 'no dataset matches this job',
  // Before the one without the last words, which would take them for a part of the reason.
  'partial-discarded-held': '{dataset}: discarding {bytes} bytes of partial state: {reason} although it was held',
  'partial-discarded': '{dataset}: discarding {bytes} bytes of partial state: {reason}',
  'partial-would-go': '{bytes} bytes of partial state would be discarded: {reason}',
  'partial-of-other': 'it is for another dataset',
  'partial-target-gone': 'the snapshot it was for is gone from the sender',
  'partial-base-gone': 'the base it was for is gone from the sender',
  'partial-renamed': 'the dataset was renamed on the sender',
  'partial-receiver-ahead': 'the receiver has snapshots meanwhile',
  'partial-base-not-newest': 'its base is not the newest snapshot of the receiver',
  'send-stand-in': 'a stand-in without data of its own',
  'prune-stand-in': 'it is a stand-in without data of its own',
  'prune-bookmark-first': 'it becomes a bookmark first, because an unfinished transfer of job {job} may start from it',
  'prune-on-no-drive': 'nothing of it is on a drive yet, so all of it may still be needed',
  'prune-not-on-sender': 'the sender has no such dataset, so nothing tells what of it is still needed',
  // Why a snapshot stays or goes.
  'kept-by-none': 'no rule keeps it',
  'kept-by-rule': 'rule {index} keeps it: {reason}',
  'kept-without-rules': 'there are no rules, so nothing goes',
  'kept-as-newest': 'it is the newest snapshot of its dataset',
  'kept-as-base': 'the next increment with {target} starts from it',
  'kept-for-transfer': 'an unfinished transfer of job {job} needs it',
  'kept-held': 'skipped: held by {holds}',
  'hold-foreign': '{tag} (not set by a job)',
  'hold-of-job': '{tag} (job {job})',
  'rule-not-replicated': 'not replicated yet',
  'rule-last-named': 'the last {count} of names with {regex}',
  'rule-last': 'the last {count}',
  'rule-grid-named': 'grid {grid} of names with {regex}',
  'rule-grid': 'grid {grid}',
  'rule-name-without': 'name without {regex}',
  'rule-name-with': 'name with {regex}',
  // Reasons within problems.
  'clock-forward': 'it went forward by {days} days while running',
  'clock-back': 'it went back by {days} days while running',
  'clock-future-snapshot': 'a snapshot of {dataset} lies in the future',
  'clock-future-newest': 'the newest snapshot of {dataset} lies in the future',
  'unbuilt-connection': 'connections of type {type} are not built yet',
  'unbuilt-listener': 'listeners of type {type} are not built yet',
  'unbuilt-hook': 'hooks of type {type} are not built yet',
  'unbuilt-job': 'jobs of type {type} are not built yet',
  'unbuilt-saved': 'send.saved cannot be combined with sending snapshots',
  'listener-shared': 'the listener {listener} is served by {jobs}, so it is not clear which one is meant',
  'listener-missing': 'no sink listens as {listener}',
  'state-in-use': 'another daemon uses it',
  'token-dataset': 'the token is for another dataset',
  'token-full': 'one of the two is a full send, the other is not',
  'token-from': 'it starts from another snapshot',
  'token-to': 'it ends at another snapshot',
  'token-clear-text': 'it asks for a stream in clear text',
  'token-raw': 'it asks for a raw stream',
  'token-redacted': 'it is of a redacted send',
  'token-saved': 'it is of a saved send',
  'consent-over': 'the time for it is over',
  'consent-refused': 'refused',
  // Why a change of the configuration cannot be made.
  'edit-no-jobs': 'there is no list of jobs in the file itself',
  'edit-no-place': 'there is no place {key} in a list',
  'edit-no-key': 'there is no key {key}',
  'edit-no-map': '{key} is no map or list that is written there alone',
  'edit-shared-snapshotting': 'the snapshotting of {job} is not written in the job alone',
  'edit-shared-keep': 'what {job} keeps is not written in the job alone',
  'edit-shared-connection': 'the connection of {job} is not written in the job alone',
  'edit-shared-drives': 'the drives of {job} are not written in the job alone',
  'edit-hooks-lost': '{job} has hooks, which would be lost',
  'edit-first-already': '{address} is asked for first already',
  'edit-known-by-name': 'its machine is known by its name only',
  'edit-no-rule': 'there is no rule {index}',
  'edit-other-rule': 'a rule cannot become one of another type',
  'edit-drive-already': '{job} backs up to the drive with the pool_guid {guid} already',
  'edit-drive-unknown': '{job} has no drive with the pool_guid {guid}',
  'edit-only-drive': 'it is the only drive of {job}',
  'root-left': 'it leads out of the root',
} as const;

export type RemarkCode = keyof typeof REMARKS;

const sayings = sayingsOf<RemarkCode>(REMARKS);

/** The remark as text. */
export function remark(code: RemarkCode, facts: SayingFacts = {}): string {
  return sayings.say(code, facts);
}

export const readRemark = sayings.read;
