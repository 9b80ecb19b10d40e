/**
 * What is to be typed at the console of a destination, as its administrator, so that we may receive there: lines to copy. Pure.
 * Every value passes its grammar before it becomes part of a line, and is quoted there.
 */
import { z } from 'zod';
import { RECEIVING_RIGHTS } from '../receiving-rights.ts';
import { quoteArgument } from '../shell-quote.ts';
import { datasetName } from '../zfs-names.ts';

export const platformSchema = z.enum(['debian', 'truenas-scale', 'freebsd']);

/** Plainer than what a login may be called: it stands in a file of sudo, and behind a tilde. */
const setupUser = z.string().regex(/^[a-z_][a-z0-9_-]{0,30}$/);

export const accountSetupSchema = z
  .strictObject({
    platform: platformSchema,
    user: setupUser,
    /** The account is there already. */
    existing: z.boolean(),
    /** As `destination/key` gives it. */
    publicLine: z.string().regex(/^ssh-ed25519 [A-Za-z0-9+/]{20,800}={0,2} [A-Za-z0-9@.-]{1,400}$/),
    rootFs: datasetName,
    /** zfs runs as root through sudo, instead of rights that are delegated to the account. */
    sudo: z.boolean(),
  })
  // There sudo is no part of the system, and not where it is looked for.
  .refine(({ platform, sudo }) => !(platform === 'freebsd' && sudo));

export type AccountSetup = z.infer<typeof accountSetupSchema>;

/** One purpose; what it is for is said by whoever shows it. */
export interface SetupStep {
  readonly step: 'account' | 'key' | 'target' | 'rights' | 'sudo';
  /** Lines for a shell of the administrator; or what is to be entered in the form of the account, where there is one. */
  readonly into: 'shell' | 'form';
  readonly lines: readonly string[];
}

/** A key that may run commands and nothing else: no terminal, no tunnels, no agent. */
const RESTRICTED = 'restrict';
const HOST_KEY_FILES = new Map([
  ['ssh-ed25519', 'ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa'],
  ['ecdsa-sha2-nistp384', 'ecdsa'],
  ['ecdsa-sha2-nistp521', 'ecdsa'],
  ['ssh-rsa', 'rsa'],
]);
const SUDO_PROGRAMS = ['/usr/sbin/zfs', '/usr/sbin/zpool'];

/** Shows the fingerprint to compare with. @param keyType as `destination/hostkeys` says; ed25519 where it is none of ours */
export function hostKeyLine(keyType: string): string {
  return `ssh-keygen -lf /etc/ssh/ssh_host_${HOST_KEY_FILES.get(keyType) ?? 'ed25519'}_key.pub`;
}

/** In the order in which it is to be done; null where a value does not fit its grammar. */
export function accountSetup(given: AccountSetup): readonly SetupStep[] | null {
  const parsed = accountSetupSchema.safeParse(given);
  if (!parsed.success) return null;
  const setup = parsed.data;
  const { user, rootFs, sudo } = setup;
  const isMade = !setup.existing && user !== 'root';
  const steps = [
    ...(setup.platform === 'truenas-scale' ? truenasSteps(setup, isMade) : plainSteps(setup, isMade)),
    shell('target', targetLines(rootFs)),
    ...(user === 'root' || sudo ? [] : [shell('rights', [rightsLine(setup)])]),
  ];
  return steps.filter(({ lines }) => lines.length > 0);
}

function shell(step: SetupStep['step'], lines: readonly string[]): SetupStep {
  return { step, into: 'shell', lines };
}

function plainSteps(setup: AccountSetup, isMade: boolean): readonly SetupStep[] {
  return [
    shell('account', isMade ? [newAccountLine(setup)] : []),
    shell('key', keyLines(setup)),
    shell('sudo', setup.sudo && setup.user !== 'root' ? sudoLines(setup.user) : []),
  ];
}

/** TrueNAS keeps accounts and their keys itself, and forgets what was made past it; what an account has would be replaced. */
function truenasSteps(setup: AccountSetup, isMade: boolean): readonly SetupStep[] {
  if (isMade) return [shell('account', [truenasAccountLine(setup)])];
  return [
    { step: 'key', into: 'form', lines: [`${RESTRICTED} ${setup.publicLine}`] },
    { step: 'sudo', into: 'form', lines: setup.sudo && setup.user !== 'root' ? SUDO_PROGRAMS : [] },
  ];
}

/** Without a password, and not locked: sshd refuses locked accounts even with the right key. */
function newAccountLine({ platform, user }: AccountSetup): string {
  return platform === 'freebsd'
    ? command('pw', 'useradd', user, '-m', '-s', '/bin/sh', '-w', 'no')
    : command('useradd', '--create-home', '--user-group', '--shell', '/bin/sh', '--password', '*', user);
}

function keyLines({ user, publicLine }: AccountSetup): readonly string[] {
  // The tilde must stay outside of quotation marks; the grammar of the name needs none.
  const folder = `~${user}/.ssh`;
  const file = `${folder}/authorized_keys`;
  return [
    `mkdir -p ${folder}`,
    `${command('echo', `${RESTRICTED} ${publicLine}`)} >> ${file}`,
    `chmod 700 ${folder}`,
    `chmod 600 ${file}`,
    `chown -R ${user} ${folder}`,
  ];
}

function truenasAccountLine({ user, publicLine, rootFs, sudo }: AccountSetup): string {
  const account = {
    username: user,
    full_name: 'Snapferry',
    group_create: true,
    // An account without a folder in a pool has no place for its key.
    home: `/mnt/${rootFs.split('/')[0] ?? ''}`,
    home_create: true,
    shell: '/usr/bin/bash',
    password_disabled: true,
    smb: false,
    sshpubkey: `${RESTRICTED} ${publicLine}`,
    ...(sudo ? { sudo_commands_nopasswd: SUDO_PROGRAMS } : {}),
  };
  return command('midclt', 'call', 'user.create', JSON.stringify(account));
}

/** Does nothing where it is there. A pool is not made by us. */
function targetLines(rootFs: string): readonly string[] {
  return rootFs.includes('/') ? [command('zfs', 'create', '-p', '-o', 'mountpoint=none', rootFs)] : [];
}

function rightsLine({ user, rootFs }: AccountSetup): string {
  return command('zfs', 'allow', '-u', user, RECEIVING_RIGHTS.join(','), rootFs);
}

function sudoLines(user: string): readonly string[] {
  const file = '/etc/sudoers.d/snapferry';
  const rule = `${user} ALL=(root) NOPASSWD: ${SUDO_PROGRAMS.join(', ')}`;
  return [`${command('echo', rule)} > ${file}`, `chmod 440 ${file}`, `visudo -cf ${file}`];
}

function command(...words: readonly string[]): string {
  return words.map(quoteArgument).join(' ');
}
