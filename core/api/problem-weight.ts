/** How grave each problem is to a person at the desk. Whoever adds a code says so here: the types ask for every one. Pure. */
import type { Problem, ProblemCode } from './problem.ts';

export type ProblemWeight =
  /** What was promised does not hold any more, or cannot be kept without somebody's decision about data. */
  | 'risk'
  /** The same on the side that sends, which is this machine's own data; the other side may just be away. */
  | 'risk-at-sender'
  /** Only a person can answer it, and should not put it off: whom to trust, a key. */
  | 'decision'
  /** Only a person can mend it: the way in to the other machine. */
  | 'access'
  /** It did not work. */
  | 'failure';

const WEIGHTS: Readonly<Record<ProblemCode, ProblemWeight>> = {
  'command-missing': 'failure',
  'command-failed': 'failure',
  'command-timeout': 'failure',
  'command-stuck': 'risk',
  'command-aborted': 'failure',
  'output-too-large': 'failure',
  'output-unreadable': 'failure',
  'host-unreachable': 'failure',
  'host-not-woken': 'failure',
  'connection-lost': 'failure',
  'spawner-lost': 'failure',
  'host-key-mismatch': 'decision',
  'host-key-unpinned': 'decision',
  'ssh-incompatible': 'failure',
  'login-refused': 'access',
  'password-refused': 'failure',
  'key-not-brought': 'failure',
  'identity-unreadable': 'access',
  'not-found': 'failure',
  'name-invalid': 'failure',
  'name-too-long': 'failure',
  'snapshot-exists': 'failure',
  'snapshot-held': 'failure',
  'has-clones': 'failure',
  undestroyable: 'failure',
  'bookmark-exists': 'failure',
  'bookmark-copy-unsupported': 'failure',
  'bookmark-unsupported': 'failure',
  'bad-tag': 'failure',
  'guid-changed': 'failure',
  'listing-shrank': 'failure',
  'no-space': 'failure',
  'quota-exceeded': 'failure',
  'permission-denied': 'failure',
  'pool-unavailable': 'risk-at-sender',
  'pool-read-only': 'failure',
  'drive-away': 'failure',
  'drive-pulled': 'risk',
  'drive-restart-needed': 'access',
  'drive-blocks-zfs': 'risk',
  'drive-failing': 'risk',
  'drive-suspended': 'risk',
  'drive-damaged': 'risk',
  'drive-foreign': 'decision',
  'drive-twice': 'decision',
  'drive-incomplete': 'access',
  'drive-read-only': 'access',
  'drive-unsupported': 'access',
  'drive-renamed': 'decision',
  'drive-name-taken': 'access',
  'drive-last': 'decision',
  'drive-not-at-rest': 'decision',
  'drive-in-use': 'failure',
  'drive-locked': 'decision',
  'passphrase-wrong': 'failure',
  'drive-unapproved': 'failure',
  'disk-changed': 'failure',
  'disk-in-use': 'failure',
  'disk-not-confirmed': 'failure',
  'disks-differ': 'failure',
  'pool-not-made': 'failure',
  'pool-half-made': 'failure',
  busy: 'failure',
  'feature-mismatch': 'failure',
  'large-block-mismatch': 'failure',
  'destination-modified': 'risk',
  'destination-exists': 'failure',
  'destination-has-snapshots': 'failure',
  'destination-name-taken': 'failure',
  'unfinished-has-children': 'failure',
  'source-mismatch': 'failure',
  'partial-state-present': 'failure',
  'resume-needs-force': 'failure',
  'stream-truncated': 'failure',
  'receive-interrupted': 'failure',
  'stream-refused': 'failure',
  'property-unsupported': 'failure',
  'encryption-mismatch': 'failure',
  'key-not-loaded': 'decision',
  'placeholder-cannot-be-replaced': 'failure',
  'received-other-snapshot': 'risk',
  'received-unprotected': 'failure',
  'received-unencrypted': 'risk',
  'send-source-gone': 'failure',
  'resume-source-gone': 'failure',
  'token-corrupt': 'failure',
  'token-mismatch': 'failure',
  'encrypted-requested-but-unencrypted': 'failure',
  'raw-policy-violated': 'failure',
  'chain-flags-changed': 'failure',
  'encryption-root-changed': 'failure',
  'no-access': 'failure',
  'root-missing': 'failure',
  'no-sender-versions': 'failure',
  'no-common-ancestor': 'risk',
  diverged: 'risk',
  'initial-refused': 'failure',
  'placeholder-conflict': 'failure',
  'placeholder-encryption-unspecified': 'failure',
  'parent-failed': 'failure',
  'replan-exhausted': 'failure',
  'clock-jumped': 'failure',
  'prune-cursor-missing': 'failure',
  'config-invalid': 'failure',
  'config-not-runnable': 'failure',
  'config-changed': 'failure',
  'config-protected': 'failure',
  'config-unwritable': 'failure',
  'job-disabled': 'failure',
  'job-unknown': 'failure',
  'not-applicable': 'failure',
  'daemon-unreachable': 'failure',
  'daemon-mismatch': 'failure',
  'daemon-running': 'failure',
  'socket-unusable': 'failure',
  'state-unusable': 'failure',
  'request-invalid': 'failure',
  'edit-refused': 'failure',
  'confirmation-needed': 'failure',
  'consent-unknown': 'failure',
  'consent-mismatch': 'failure',
  'consent-refused': 'failure',
  'not-permitted': 'failure',
  'limit-reached': 'failure',
  'request-timeout': 'failure',
  internal: 'failure',
};

/** Data is in danger, or a promise about it. */
export function isRisk({ code, side }: Pick<Problem, 'code' | 'side'>): boolean {
  return WEIGHTS[code] === 'risk' || (WEIGHTS[code] === 'risk-at-sender' && side === 'sender');
}

/** Only a person can go on from here. */
export function needsPerson({ code }: Pick<Problem, 'code'>): boolean {
  return WEIGHTS[code] === 'decision' || WEIGHTS[code] === 'access';
}

/** A person is asked whom or what to trust. */
export function isDecision({ code }: Pick<Problem, 'code'>): boolean {
  return WEIGHTS[code] === 'decision';
}
