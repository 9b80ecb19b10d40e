/**
 * The closed list of things that can go wrong, as a person meets them.
 *
 * Every error of the engine is a `ProblemError`: a code from this list, the facts that fill its sentences, whether trying
 * again can help, and the raw text of the failing program last. Nothing outside this file invents a code.
 * See docs/errors.md, which is generated from this table.
 */

/** When trying the same thing again can help. */
export type RetryAdvice =
  /** The network or a peer was away: try again by itself, with back-off. */
  | 'soon'
  /** Something is busy or unavailable for now: the next scheduled run tries again. */
  | 'later'
  /** The plan is out of date: list both sides again and plan anew. */
  | 'replan'
  /** A person has to change something first. */
  | 'never';

/** What a code means to a person. `{name}` stands for a fact given with the error. */
export interface ProblemText {
  readonly retry: RetryAdvice;
  /** What happened, one sentence. */
  readonly happened: string;
  /** What it means for the data. */
  readonly meaning: string;
  /** What to do next. */
  readonly remedy: string;
}

const SAFE = 'Nothing was changed or lost.';
const OLD_COPY = 'What was backed up before is still there; the newest changes are not on the destination yet.';

export const PROBLEMS = {
  // Running commands
  'command-missing': {
    retry: 'never',
    happened: 'The program {program} was not found on {host}.',
    meaning: SAFE,
    remedy: 'Install OpenZFS on {host}, or correct the path of the program.',
  },
  'command-failed': {
    retry: 'never',
    happened: 'A command on {host} failed.',
    meaning: OLD_COPY,
    remedy: 'Read the message below; run the command by hand on {host} to see more.',
  },
  'command-timeout': {
    retry: 'later',
    happened: 'A command on {host} gave no result within its deadline and was ended.',
    meaning: OLD_COPY,
    remedy: 'See whether the pool answers on {host}; the next run looks at the real state first.',
  },
  'command-stuck': {
    retry: 'later',
    happened: 'A command on {host} hangs in the kernel and cannot be ended; it was abandoned.',
    meaning: 'Other pools go on. What this command was doing is not finished.',
    remedy:
      'See whether the drive of this pool is connected. Plug it in again; do not export or clear the pool without it.',
  },
  'command-aborted': {
    retry: 'later',
    happened: 'The work was cancelled.',
    meaning: 'An interrupted transfer can be resumed; nothing was lost.',
    remedy: 'Start the job again when you like.',
  },
  'output-too-large': {
    retry: 'never',
    happened: 'A command on {host} printed more than {limitBytes} bytes.',
    meaning: SAFE,
    remedy: 'Narrow the datasets of this job; a partial list is never used.',
  },
  'output-unreadable': {
    retry: 'never',
    happened: 'The answer of a zfs command has a form that is not understood.',
    meaning: SAFE,
    remedy: 'Report the text below together with the output of "zfs version".',
  },
  // Reaching the other machine
  'host-unreachable': {
    retry: 'soon',
    happened: '{host} cannot be reached.',
    meaning: OLD_COPY,
    remedy: 'See whether {host} is switched on and in the network; the job tries again by itself.',
  },
  'host-not-woken': {
    retry: 'soon',
    happened: '{host} was woken, and did not answer in the time that it had.',
    meaning: OLD_COPY,
    remedy:
      'See whether {host} has power and is in the network, and whether waking by the network (Wake-on-LAN) is switched on there. If it only takes longer to start, give it a longer wait in the connection of the job. The next run wakes it again.',
  },
  'connection-lost': {
    retry: 'soon',
    happened: 'The connection to {host} was lost.',
    meaning: 'An interrupted transfer goes on where it stopped; nothing was lost.',
    remedy: 'Nothing, if it comes back: the job tries again by itself.',
  },
  'spawner-lost': {
    retry: 'soon',
    happened: 'The process that starts commands on {host} ended unexpectedly, and with it the commands that ran.',
    meaning: 'An interrupted transfer goes on where it stopped; nothing was lost.',
    remedy:
      'Nothing, if it happened once: it is started again by itself. Otherwise look whether the machine is short of memory.',
  },
  'host-key-mismatch': {
    retry: 'never',
    happened: '{host} shows another host key ({seen}) than the pinned one.',
    meaning: 'No data was sent: this may not be your machine.',
    remedy:
      'If {host} was reinstalled, compare the fingerprint on its own console and pin the new one; otherwise find out who answers.',
  },
  'host-key-unpinned': {
    retry: 'never',
    happened: 'No host key is pinned for {host}.',
    meaning: 'No data was sent.',
    remedy: 'Put host_key (the SHA256 fingerprint) or known_hosts into the connection of this job.',
  },
  'ssh-incompatible': {
    retry: 'never',
    happened: 'This machine and {host} find no common way to speak ssh.',
    meaning: 'No data was sent.',
    remedy: 'Read the message below; permit a current key exchange, cipher or key type in sshd_config on {host}.',
  },
  'login-refused': {
    retry: 'never',
    happened: '{host} refused the login of {user}.',
    meaning: OLD_COPY,
    remedy: 'See whether the public key of {identityFile} stands in authorized_keys of {user} on {host}.',
  },
  'password-refused': {
    retry: 'never',
    happened: '{host} did not let {user} in with the password.',
    meaning: SAFE,
    remedy:
      'Type it again, once: some machines shut out whoever tries too often. Many let no one, or not root, in with a password; then add the line to authorized_keys at the console of {host}.',
  },
  'key-not-brought': {
    retry: 'never',
    happened: 'The public key could not be added to authorized_keys of {user} on {host}.',
    meaning: SAFE,
    remedy: 'Add the line at the console of {host}, or where its own administration keeps the keys of its accounts.',
  },
  'identity-unreadable': {
    retry: 'never',
    happened: 'The private key {identityFile} cannot be read.',
    meaning: OLD_COPY,
    remedy: 'See whether the file exists, is a private key without passphrase, and is readable by the daemon.',
  },
  // ZFS: things that are not there, or are there already
  'not-found': {
    retry: 'replan',
    happened: '{name} does not exist on {host}.',
    meaning: SAFE,
    remedy: 'If it was renamed or destroyed on purpose, change the configuration; otherwise import its pool.',
  },
  'name-invalid': {
    retry: 'never',
    happened: 'The name {name} is refused: {reason}.',
    meaning: SAFE,
    remedy: 'Use letters, digits, "-", "_", ".", ":" and spaces; at most 255 bytes in all.',
  },
  'name-too-long': {
    retry: 'never',
    happened: 'The names of dataset {dataset} and job {job} are together too long for the marks that the job must set.',
    meaning: OLD_COPY,
    remedy: 'Use a shorter job name, or shorter dataset names.',
  },
  'snapshot-exists': {
    retry: 'later',
    happened: 'A snapshot of the name {name} exists already.',
    meaning: 'The existing snapshot is kept.',
    remedy: 'Nothing: the next snapshot has another name. If it repeats, two jobs use the same prefix and second.',
  },
  'snapshot-held': {
    retry: 'later',
    happened: '{name} is held and was not destroyed.',
    meaning: 'It is kept until its hold is released.',
    remedy: 'Nothing, if a job needs it. "snapferry abstractions list" shows who holds it.',
  },
  'has-clones': {
    retry: 'never',
    happened: '{name} has clones and was not destroyed.',
    meaning: 'It is kept.',
    remedy: 'Destroy or promote the clone if it is no longer wanted.',
  },
  undestroyable: {
    retry: 'never',
    happened: '{name} could not be destroyed.',
    meaning: 'It is kept.',
    remedy: 'Read the reason below.',
  },
  'bookmark-exists': {
    retry: 'never',
    happened: 'The bookmark {name} exists and marks another snapshot.',
    meaning: SAFE,
    remedy: 'Destroy that bookmark by hand if nothing needs it.',
  },
  'bookmark-copy-unsupported': {
    retry: 'never',
    happened: 'This version of ZFS cannot copy the bookmark {name}.',
    meaning: 'The transfer goes on without that extra protection.',
    remedy: 'Upgrade OpenZFS to 2.0 or newer.',
  },
  'bookmark-unsupported': {
    retry: 'never',
    happened: 'The pool of {name} cannot hold bookmarks.',
    meaning: OLD_COPY,
    remedy: 'Enable the pool feature "bookmarks" (zpool upgrade).',
  },
  'bad-tag': {
    retry: 'never',
    happened: 'The hold tag {tag} is refused by ZFS.',
    meaning: SAFE,
    remedy: 'Use a shorter job name.',
  },
  'guid-changed': {
    retry: 'replan',
    happened: '{name} is no longer the snapshot it was when this was planned.',
    meaning: 'Nothing was destroyed or sent under the old plan.',
    remedy: 'Nothing: the next run plans anew.',
  },
  'listing-shrank': {
    retry: 'later',
    happened: 'Far fewer snapshots were listed on {host} than before ({before} before, {now} now).',
    meaning: 'Nothing is destroyed until a second listing confirms it.',
    remedy: 'If you removed them yourself: nothing. Otherwise see whether the pool is healthy.',
  },
  // ZFS: space, rights, pools
  'no-space': {
    retry: 'never',
    happened: 'There is no space left for {name} on {host}.',
    meaning: OLD_COPY,
    remedy: 'Make room on the destination or thin its retention; nothing is destroyed beyond your rules.',
  },
  'quota-exceeded': {
    retry: 'never',
    happened: 'A quota or a snapshot limit of {name} on {host} is reached.',
    meaning: OLD_COPY,
    remedy: 'Raise quota, refquota, snapshot_limit or filesystem_limit, or thin the retention there.',
  },
  'permission-denied': {
    retry: 'never',
    happened: '{host} does not permit this.',
    meaning: OLD_COPY,
    remedy: 'Delegate the missing right with "zfs allow" to the account used, or use one that has it.',
  },
  'pool-unavailable': {
    retry: 'later',
    happened: 'The pool of {name} on {host} is suspended or not imported.',
    meaning: OLD_COPY,
    remedy: 'Plug the drive in and look at "zpool status".',
  },
  'pool-read-only': {
    retry: 'never',
    happened: 'The pool of {name} on {host} is read-only.',
    meaning: OLD_COPY,
    remedy: 'Import it writable.',
  },
  busy: {
    retry: 'soon',
    happened: '{name} is busy on {host}.',
    meaning: OLD_COPY,
    remedy: 'Nothing: the job tries again.',
  },
  'feature-mismatch': {
    retry: 'never',
    happened:
      'The pool or the ZFS version on {host} is too old for this stream, or partial state there no longer fits.',
    meaning: OLD_COPY,
    remedy:
      'If a snapshot was taken on the destination during the transfer, discard the partial state; otherwise upgrade there.',
  },
  'large-block-mismatch': {
    retry: 'never',
    happened: '{name} was first sent with large blocks, and now without.',
    meaning: 'Nothing was sent: mixing the two can damage files.',
    remedy: 'Set large_blocks back to what it was for this destination.',
  },
  // External drives
  'drive-away': {
    retry: 'later',
    happened: 'The drive {drive} is not plugged in.',
    meaning: OLD_COPY,
    remedy: 'Plug it in.',
  },
  'drive-pulled': {
    retry: 'later',
    happened: 'The drive {drive} was unplugged while it was in use.',
    meaning:
      'What had arrived before is on it and is checked when it comes back; nothing of the originals was touched.',
    remedy:
      'Plug the same drive in again and wait: the backup goes on where it stopped. Do not export or clear its pool by hand while it is away.',
  },
  'drive-restart-needed': {
    retry: 'never',
    happened: 'The drive {drive} is back, but ZFS does not let go of what hung when it was unplugged.',
    meaning:
      'What is on the drive and on this machine is not lost. Until the restart nothing can be backed up to this drive.',
    remedy: 'Save your work and restart the machine with the drive plugged in.',
  },
  'drive-blocks-zfs': {
    retry: 'never',
    happened:
      'The drive {drive} was unplugged while ZFS was connecting or disconnecting it, and ZFS on this machine waits for it since then.',
    meaning:
      'Files can be read and written as before, and nothing is lost. But no pool of this machine can be snapshotted or backed up until the restart.',
    remedy: 'Save your work and restart the machine soon, with the drive plugged in.',
  },
  'drive-failing': {
    retry: 'later',
    happened:
      'ZFS has counted errors of the drive {drive}: {reads} of reading, {writes} of writing, {checksums} of what was read.',
    meaning: 'The newest copies on it may be incomplete; the originals were not touched.',
    remedy:
      'Back up to another drive soon: a drive that has errors often gets worse. "zpool status {pool}" says more; if it was only a loose cable, "zpool clear {pool}" begins to count anew.',
  },
  'drive-suspended': {
    retry: 'never',
    happened:
      'ZFS has stopped all work on the drive {drive}: it is plugged in, and does not take or give data any more.',
    meaning: 'What had arrived before is on it; the newest copies may be incomplete. The originals were not touched.',
    remedy:
      'Look at its cable and its power, then unplug it and plug it in again. If it happens again the drive is failing: back up to another one.',
  },
  'drive-damaged': {
    retry: 'never',
    happened: 'The last scrub of the drive {drive} found {errors} errors that ZFS could not repair.',
    meaning: 'Some of what is on it cannot be read any more. The originals are not touched.',
    remedy:
      '"zpool status -v {pool}" names what is damaged. Back up to another drive, and think about replacing this one; what is damaged goes with the snapshots that hold it.',
  },
  'drive-foreign': {
    retry: 'never',
    happened: 'The drive {drive} was last used by another machine and was not exported there.',
    meaning: 'Nothing on it was touched. Used by two machines at once a pool is destroyed.',
    remedy:
      'Export it on the other machine. If that is not possible any more and it is surely not in use there, import it by hand once: zpool import -f -N {pool}',
  },
  'drive-twice': {
    retry: 'never',
    happened: 'Two drives with the same pool are plugged in as {drive}: one is a copy of the other.',
    meaning: 'Nothing on them was touched: which of the two is meant is not clear, and mixing them would destroy both.',
    remedy: 'Unplug the one that is not meant.',
  },
  'drive-incomplete': {
    retry: 'never',
    happened: 'The drive {drive} is plugged in, but a part of its pool is missing or damaged ({reason}).',
    meaning: OLD_COPY,
    remedy: 'Plug in all drives of the pool and look at "zpool import" and "zpool status".',
  },
  'drive-read-only': {
    retry: 'never',
    happened: 'The drive {drive} can only be read on this machine.',
    meaning: OLD_COPY,
    remedy: 'Look at "zpool import": usually a newer OpenZFS is needed here.',
  },
  'drive-unsupported': {
    retry: 'never',
    happened: 'The pool of the drive {drive} needs something that this version of OpenZFS does not have.',
    meaning: OLD_COPY,
    remedy: 'Use a newer OpenZFS on this machine.',
  },
  'drive-renamed': {
    retry: 'never',
    happened: 'The pool of the drive {drive} is called {seen} now, and not {pool}.',
    meaning: 'Nothing on it was touched.',
    remedy: 'If you have renamed it, write the new name into the configuration (pool and root_fs).',
  },
  'drive-not-at-rest': {
    retry: 'never',
    happened: 'The motor of the drive {drive} could not be brought to rest.',
    meaning: 'Its pool is exported, and it is safe to unplug all the same.',
    remedy:
      'Install hdparm where it is missing. Some drives and enclosures do not take the command, and one without a motor needs none: then remove spin_down_after from the job.',
  },
  'drive-last': {
    retry: 'never',
    happened: '{drive} is the only drive of job {job}, and cannot be forgotten alone.',
    meaning: SAFE,
    remedy: 'Remove the job, or give it another drive first.',
  },
  'drive-name-taken': {
    retry: 'never',
    happened: 'Another pool called {pool} is imported, so that the drive {drive} cannot be connected.',
    meaning: OLD_COPY,
    remedy: 'Export the other pool first, or give one of the two another name.',
  },
  'drive-in-use': {
    retry: 'later',
    happened: 'The drive {drive} could not be ejected: something uses it.',
    meaning: 'What was backed up is complete. It is not safe to unplug it yet.',
    remedy: 'Close what has files on it open, and eject it again.',
  },
  'drive-locked': {
    retry: 'never',
    happened: 'The drive {drive} is encrypted, and its passphrase is needed.',
    meaning: OLD_COPY,
    remedy:
      'Unlock it ("snapferry drives unlock {drive}") and back up again. With key_file in the configuration it is unlocked without asking.',
  },
  'passphrase-wrong': {
    retry: 'never',
    happened: 'The passphrase of the drive {drive} is another one.',
    meaning: SAFE,
    remedy: 'Type it once more. Without it nobody can read what is on the drive.',
  },
  'drive-unapproved': {
    retry: 'never',
    happened: 'No administrator has agreed yet to the use of the drive {drive}.',
    meaning: 'Its pool was not imported, and nothing on it was touched.',
    remedy: 'Choose the drive again where a backup is set up, and test it.',
  },
  // Making a drive
  'disk-changed': {
    retry: 'never',
    happened: 'The disk {disk} is not what was confirmed: {reason}.',
    meaning: 'Nothing on it was touched, and no pool was made.',
    remedy: 'Look at the disks again, and confirm the right one.',
  },
  'disk-in-use': {
    retry: 'never',
    happened: 'No pool can be made on the disk {disk} ({reason}).',
    meaning: 'Nothing on it was touched.',
    remedy: 'Choose another disk. If this one is meant, let go of what uses it, and look again.',
  },
  'disk-not-confirmed': {
    retry: 'never',
    happened: 'What was typed is not the model, serial number and size of the disk {disk}.',
    meaning: 'Nothing on it was touched.',
    remedy: 'Type them as they are shown, once you have compared them with what is printed on the drive.',
  },
  'disks-differ': {
    retry: 'never',
    happened: 'The disks of a mirror have to be of the same size.',
    meaning: 'Nothing on them was touched.',
    remedy: 'Choose disks of the same size, or make a drive of each of them: one job may have several.',
  },
  'pool-not-made': {
    retry: 'never',
    happened: 'The pool {pool} could not be made.',
    meaning: 'There is no such pool. Of the disks: {left}.',
    remedy: 'Read the message below, look at the disks again, and try once more.',
  },
  'pool-half-made': {
    retry: 'never',
    happened: 'The pool {pool} was made, but could not be prepared for backups. It is {left} now.',
    meaning: 'Nothing is backed up to it, and nothing uses it.',
    remedy:
      'Read the message below. Where it is imported, export it ("zpool export {pool}"); then choose it as a drive that has a pool.',
  },
  // Receiving
  'destination-modified': {
    retry: 'never',
    happened: '{name} on {host} has been changed since its newest snapshot.',
    meaning: 'Nothing was overwritten.',
    remedy:
      'Keep the change (rename that dataset) or roll it back by hand to the last common snapshot, and set readonly=on.',
  },
  'destination-exists': {
    retry: 'never',
    happened: '{name} exists on {host} and did not come from this job.',
    meaning: 'Nothing was overwritten.',
    remedy: 'Rename it or choose another root_fs.',
  },
  'destination-has-snapshots': {
    retry: 'never',
    happened: '{name} on {host} has snapshots that this job did not send.',
    meaning: 'Nothing was overwritten.',
    remedy: 'Rename it or choose another root_fs.',
  },
  'destination-name-taken': {
    retry: 'never',
    happened: '{name} on {host} already has another snapshot under a name that is to be sent.',
    meaning: OLD_COPY,
    remedy: 'Rename the snapshot there, or the one here (zfs rename); the next run goes on.',
  },
  'unfinished-has-children': {
    retry: 'never',
    happened: '{name} on {host} is an unfinished first copy that cannot be discarded, because datasets lie below it.',
    meaning: 'Nothing was destroyed. This dataset is not backed up; what lies below it there is as it was.',
    remedy: 'Move what lies below it to another place there (zfs rename); the next run then begins anew.',
  },
  'source-mismatch': {
    retry: 'replan',
    happened: 'The newest snapshot of {name} on {host} is not the base of this step.',
    meaning: OLD_COPY,
    remedy: 'Nothing: the next run plans anew.',
  },
  'partial-state-present': {
    retry: 'replan',
    happened: '{name} on {host} holds an unfinished receive.',
    meaning: OLD_COPY,
    remedy: 'Nothing: the next run resumes or discards it.',
  },
  'resume-needs-force': {
    retry: 'replan',
    happened: 'Resuming into {name} on {host} needs force.',
    meaning: OLD_COPY,
    remedy: 'Nothing, unless it repeats.',
  },
  'stream-truncated': {
    retry: 'soon',
    happened: 'The stream to {name} ended too early.',
    meaning: 'What arrived is kept and is not sent again.',
    remedy: 'Nothing: the job resumes.',
  },
  'receive-interrupted': {
    retry: 'soon',
    happened: 'The transfer to {name} was interrupted and can be resumed.',
    meaning: 'What arrived is kept and is not sent again.',
    remedy: 'Nothing: the job resumes.',
  },
  'stream-refused': {
    retry: 'replan',
    happened: 'The stream to {name} did not fit what was on {host} when it ended.',
    meaning: OLD_COPY,
    remedy:
      'Nothing, if a snapshot was taken there during the transfer: the next run plans anew. Otherwise see whether {name} has another key there.',
  },
  'property-unsupported': {
    retry: 'never',
    happened: '{name} on {host} cannot have a property that this job sets on it.',
    meaning: OLD_COPY,
    remedy: 'Take the property named below out of recv.properties of this job, or give volumes a job of their own.',
  },
  'encryption-mismatch': {
    retry: 'never',
    happened: 'The encryption of {name} on {host} does not fit the stream.',
    meaning: OLD_COPY,
    remedy: 'Raw and plain sends must not be mixed. See whether the key was changed on either side.',
  },
  'key-not-loaded': {
    retry: 'never',
    happened: 'The encryption key of {name} on {host} is not loaded.',
    meaning: OLD_COPY,
    remedy: 'Load the key (zfs load-key), or send raw (send.encrypted: true).',
  },
  'placeholder-cannot-be-replaced': {
    retry: 'never',
    happened: '{name} on {host} is an empty stand-in whose encryption does not fit what is to be received.',
    meaning: 'Nothing was sent or overwritten.',
    remedy: 'Destroy the empty stand-in if it has no children; rename it aside if it has.',
  },
  'received-other-snapshot': {
    retry: 'never',
    happened: 'After the receive, {name} on {host} is not the snapshot that was sent.',
    meaning: 'It does not count as backed up; it is kept for inspection.',
    remedy: 'Look at that dataset on {host}; somebody else writes to it.',
  },
  'received-unprotected': {
    retry: 'never',
    happened: '{name} on {host} did not take the property {property}.',
    meaning: 'The data arrived, but may be changed or mounted there.',
    remedy: 'Delegate the right to set that property, or set it by hand on {host}.',
  },
  'received-unencrypted': {
    retry: 'never',
    happened: '{name} on {host} is not encrypted although this job promises it.',
    meaning: 'The copy on {host} can be read there.',
    remedy: 'Destroy that copy on {host} and find out why; the job is stopped for this dataset.',
  },
  // Sending
  'send-source-gone': {
    retry: 'replan',
    happened: 'A snapshot of {name} that was to be sent is gone.',
    meaning: OLD_COPY,
    remedy: 'Nothing: the next run plans with what is there.',
  },
  'resume-source-gone': {
    retry: 'replan',
    happened: 'The snapshot of an interrupted transfer of {name} is gone.',
    meaning: 'That partial transfer is discarded; a newer snapshot is sent instead.',
    remedy: 'Nothing: the next run plans anew.',
  },
  'token-corrupt': {
    retry: 'never',
    happened: 'The resume token of {name} is damaged.',
    meaning: OLD_COPY,
    remedy: 'Discard the partial state on the destination, there, with: zfs receive -A. The next run then sends anew.',
  },
  'token-mismatch': {
    retry: 'never',
    happened: 'The resume token of {name} does not belong to this step: {reason}.',
    meaning: 'Nothing was sent.',
    remedy: 'Find out who else receives into that dataset; then discard the partial state there.',
  },
  'encrypted-requested-but-unencrypted': {
    retry: 'never',
    happened: '{name} is not encrypted, but this job may only send encrypted data.',
    meaning: 'Nothing of it left this machine.',
    remedy: 'Exclude it from this job, encrypt it, or set send.encrypted: false.',
  },
  'raw-policy-violated': {
    retry: 'never',
    happened: '{name} is encrypted, and this job sends raw without promising encryption.',
    meaning: 'Nothing of it left this machine.',
    remedy: 'Set send.encrypted: true for encrypted datasets.',
  },
  'chain-flags-changed': {
    retry: 'never',
    happened: '{name} was sent to {host} with {before}; the configuration now says {now}.',
    meaning: 'Nothing was sent: changing this within a chain can damage the copy.',
    remedy: 'Set the send options back, or start a new copy under another root_fs.',
  },
  'encryption-root-changed': {
    retry: 'never',
    happened: 'The key or the encryption root of {name} was changed since it was first sent to {host}.',
    meaning: 'Nothing was sent: another raw step could make the copy there impossible to mount. The copy is as it was.',
    remedy:
      'Try to mount the copy with its old key. Then either start a new copy under another root_fs, or accept the new key with: zfs inherit snapferry:key {name} (on {host}).',
  },
  // Planning
  'no-access': {
    retry: 'never',
    happened: '{name} does not belong to this job.',
    meaning: SAFE,
    remedy: 'Change the filesystems of the job if it should.',
  },
  'root-missing': {
    retry: 'later',
    happened: 'The receiving root {name} does not exist on {host}.',
    meaning: OLD_COPY,
    remedy: 'Import the pool, or create it once: zfs create -u -o mountpoint=none {name}',
  },
  'no-sender-versions': {
    retry: 'later',
    happened: '{name} has no snapshot yet.',
    meaning: 'It is not backed up.',
    remedy: 'Take a snapshot, or wait for the next scheduled one.',
  },
  'no-common-ancestor': {
    retry: 'never',
    happened: '{name} has snapshots on both sides, but none in common.',
    meaning: 'Nothing was overwritten. New changes of it are not backed up.',
    remedy: 'Rename the copy on {host} to keep it; the next run then sends a full copy.',
  },
  diverged: {
    retry: 'never',
    happened: '{name} on {host} has newer snapshots that are not on the sender.',
    meaning: 'Nothing was overwritten. New changes of it are not backed up.',
    remedy: 'Keep both: rename the copy on {host}. Or destroy the listed snapshots there if nobody needs them.',
  },
  'initial-refused': {
    retry: 'never',
    happened: '{name} was never sent to {host}, and this job must not start it.',
    meaning: 'It is not backed up there.',
    remedy: 'Send it once by hand or set conflict_resolution.initial_replication.',
  },
  'placeholder-conflict': {
    retry: 'never',
    happened: '{name} is a stand-in on the sender and a real dataset on {host}.',
    meaning: 'Nothing was overwritten.',
    remedy: 'Rename one of the two.',
  },
  'placeholder-encryption-unspecified': {
    retry: 'never',
    happened: 'The stand-in {name} must be created on {host}, and placeholder encryption is unspecified.',
    meaning: 'Nothing was created or sent.',
    remedy: 'Set recv.placeholder.encryption to "inherit" or "off".',
  },
  'parent-failed': {
    retry: 'later',
    happened: 'parent(s) failed during initial replication: {parents}',
    meaning: 'It is not backed up yet.',
    remedy: 'Solve the problem of the parent first.',
  },
  'replan-exhausted': {
    retry: 'later',
    happened: 'The state of {name} kept changing while it was planned.',
    meaning: OLD_COPY,
    remedy: 'Another program works on the same dataset; the next run tries again.',
  },
  // Safety stops
  'clock-jumped': {
    retry: 'later',
    happened: 'The clock of this machine is not plausible ({reason}).',
    meaning: 'Pruning pauses so that nothing is destroyed too early; replication goes on.',
    remedy:
      'Set the clock; pruning goes on with the next run that finds it plausible. If it is right already, restart the daemon.',
  },
  'prune-cursor-missing': {
    retry: 'later',
    happened: 'It is not known yet which snapshots of {name} are replicated.',
    meaning: 'Nothing of it is destroyed.',
    remedy: 'Nothing: one successful replication is required first.',
  },
  // Configuration and operation
  'config-invalid': {
    retry: 'never',
    happened: 'The configuration has errors.',
    meaning: 'No job was started from it.',
    remedy: 'Correct the places named below; "snapferry configcheck" shows them all.',
  },
  'config-not-runnable': {
    retry: 'never',
    happened: 'Job {job} is understood but cannot be run by this version: {reason}.',
    meaning: 'This job does not run. It is never run without what it asks for.',
    remedy: 'Remove what is named, or wait for a version that has it.',
  },
  'config-changed': {
    retry: 'never',
    happened: 'The configuration is not the one that this change was made for.',
    meaning: 'Nothing was written: somebody has changed the file meanwhile.',
    remedy: 'Look at the file as it is now, and make the change again.',
  },
  'config-protected': {
    retry: 'never',
    happened: 'This can only be set in the file itself: {what}.',
    meaning: 'Nothing was written.',
    remedy: 'Edit {file} as root; then: snapferry config reload',
  },
  'config-unwritable': {
    retry: 'later',
    happened: 'The configuration could not be written: {reason}.',
    meaning: 'The file is as it was. Backups go on.',
    remedy: 'Make room, or see who may write to its folder.',
  },
  'job-disabled': {
    retry: 'never',
    happened: 'Job {job} is switched off in the configuration.',
    meaning: 'It takes no snapshots and sends nothing. What it has made stays.',
    remedy: 'Switch it on: snapferry config enable {job}',
  },
  'job-unknown': {
    retry: 'never',
    happened: 'There is no job named {job}.',
    meaning: SAFE,
    remedy: '"snapferry status" lists the jobs.',
  },
  'not-applicable': {
    retry: 'never',
    happened: '{what} does not apply to job {job}.',
    meaning: SAFE,
    remedy: 'See "snapferry --help".',
  },
  'daemon-unreachable': {
    retry: 'never',
    happened: 'The daemon does not answer at {socket}.',
    meaning: 'Whether backups run is unknown.',
    remedy: 'Start it: snapferry daemon --config FILE',
  },
  'daemon-mismatch': {
    retry: 'never',
    happened: 'The daemon answers in a form that this program does not understand: {reason}.',
    meaning: 'Nothing was changed by this request as far as is known.',
    remedy: 'Use a snapferry of the same version as the daemon; restart the daemon after an upgrade.',
  },
  'daemon-running': {
    retry: 'never',
    happened: 'Another daemon answers at {socket} already.',
    meaning: 'This one did not start; the running one goes on.',
    remedy: 'Stop the other one first, or give this one another --socket and other jobs.',
  },
  'socket-unusable': {
    retry: 'never',
    happened: 'The control socket {socket} cannot be used: {reason}.',
    meaning: SAFE,
    remedy: 'Use a folder that belongs to root or to the user of the daemon and that nobody else may write to.',
  },
  'state-unusable': {
    retry: 'later',
    happened: 'The folder {folder}, where the daemon keeps what it must remember, cannot be used: {reason}.',
    meaning: 'Backups go on. What became of the runs since then is forgotten when the daemon ends.',
    remedy:
      'Make room there, or use a folder that belongs to the user of the daemon and that nobody else may write to.',
  },
  'request-invalid': {
    retry: 'never',
    happened: 'A request was refused: {reason}.',
    meaning: SAFE,
    remedy: 'Use a client of the same version as the daemon.',
  },
  'edit-refused': {
    retry: 'never',
    happened: 'The configuration cannot be changed this way: {reason}.',
    meaning: 'Nothing was written.',
    remedy: 'If it is still wanted, change the file itself; then: snapferry config reload',
  },
  'confirmation-needed': {
    retry: 'never',
    happened: 'An administrator has to agree: {what}',
    meaning: 'Nothing of it was done yet.',
    remedy: 'Within {minutes} minutes, as root: snapferry confirm {nonce}',
  },
  'consent-unknown': {
    retry: 'never',
    happened: 'There is nothing of that number to confirm.',
    meaning: 'Nothing was done. It was confirmed or refused already, its time is over, or it never was.',
    remedy: 'Ask for it again, and confirm that.',
  },
  'consent-mismatch': {
    retry: 'never',
    happened: 'The request cannot be confirmed: {reason}.',
    meaning: 'Nothing was done, and it cannot be confirmed any more.',
    remedy: 'Ask for it again, and compare what is shown before you agree.',
  },
  'consent-refused': {
    retry: 'never',
    happened: 'No administrator agreed: {reason}.',
    meaning: 'Nothing was done.',
    remedy: 'Ask for it again if you still want it.',
  },
  'not-permitted': {
    retry: 'never',
    happened: 'Only root may do this.',
    meaning: SAFE,
    remedy: 'Use sudo, or pkexec on a desktop.',
  },
  'limit-reached': {
    retry: 'soon',
    happened: 'The daemon was asked too much: {reason}.',
    meaning: 'This request was not carried out. Backups go on.',
    remedy: 'Wait a moment; see whether a program asks again and again.',
  },
  'request-timeout': {
    retry: 'later',
    happened: '"{what}" was not done within {seconds} seconds.',
    meaning: 'How far it came is not known. Backups go on.',
    remedy: 'See the status, and whether the other machine answers.',
  },
  internal: {
    retry: 'later',
    happened: 'A check inside Snapferry failed: {reason}.',
    meaning: 'The work was stopped before it could do harm.',
    remedy: 'Report it together with the text below.',
  },
} as const satisfies Record<string, ProblemText>;

/** One of the closed list of codes. */
export type ProblemCode = keyof typeof PROBLEMS;

/** Facts that fill the sentences of a code. */
export type ProblemFacts = Readonly<Record<string, string>>;

/** Where in a run a problem arose. */
export type ProblemPhase = 'config' | 'connect' | 'snapshot' | 'plan' | 'step' | 'cleanup' | 'prune';

/** A problem as it travels to a person: plain data, safe to print, safe to serialise. */
export interface Problem {
  readonly code: ProblemCode;
  readonly retry: RetryAdvice;
  readonly happened: string;
  readonly meaning: string;
  readonly remedy: string;
  readonly facts: ProblemFacts;
  readonly phase?: ProblemPhase;
  readonly side?: 'sender' | 'receiver' | 'local';
  readonly dataset?: string;
  /** Raw text of the failing program; last, and possibly empty. */
  readonly detail: string;
}

/** Where a problem belongs; added by the caller who knows. */
export type ProblemPlace = Pick<Problem, 'phase' | 'side' | 'dataset'>;

function fill(sentence: string, facts: ProblemFacts): string {
  return sentence.replace(/\{(\w+)\}/g, (_, key: string) => facts[key] ?? 'it');
}

/** The one error class of the engine. Carries a `Problem`; `detail` is raw text and is never parsed again. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly facts: ProblemFacts;
  readonly detail: string;
  readonly place: ProblemPlace;

  constructor(
    code: ProblemCode,
    facts: ProblemFacts = {},
    options: { detail?: string; cause?: unknown; place?: ProblemPlace } = {},
  ) {
    super(
      `${code}: ${fill(PROBLEMS[code].happened, facts)}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.facts = facts;
    this.detail = options.detail ?? '';
    this.place = options.place ?? {};
  }

  /** Whether trying again can help. */
  get retry(): RetryAdvice {
    return PROBLEMS[this.code].retry;
  }

  /** The same problem with its place filled in where it was not known. */
  at(place: ProblemPlace): ProblemError {
    return new ProblemError(this.code, this.facts, {
      detail: this.detail,
      cause: this.cause ?? this,
      place: { ...place, ...this.place },
    });
  }

  /** Plain data for status, logs and the socket. */
  toProblem(): Problem {
    const text = PROBLEMS[this.code];
    return {
      code: this.code,
      retry: text.retry,
      happened: fill(text.happened, this.facts),
      meaning: fill(text.meaning, this.facts),
      remedy: fill(text.remedy, this.facts),
      facts: this.facts,
      ...this.place,
      detail: this.detail,
    };
  }
}

/** Any thrown value as a `ProblemError`; what is not one yet becomes `internal`. */
export function asProblemError(thrown: unknown, place: ProblemPlace = {}): ProblemError {
  if (thrown instanceof ProblemError) return Object.keys(place).length === 0 ? thrown : thrown.at(place);
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  const detail = thrown instanceof Error ? (thrown.stack ?? '') : '';
  return new ProblemError('internal', { reason }, { detail, cause: thrown, place });
}

/** Stops the request at hand when an invariant does not hold. Stopping beats destroying. */
export function invariant(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new ProblemError('internal', { reason });
}
