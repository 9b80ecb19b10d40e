import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { PrivateApt } from './apt.ts';
import { exec } from './exec.ts';
import { guestFiles } from './guest-files.ts';
import { buildInitramfs } from './initramfs.ts';
import type { Kernel, ZfsModules } from './kernel.ts';
import { aptDir } from './paths.ts';
import {
  basePackages,
  extraPackages,
  type GuestName,
  guestNames,
  rootImageBytes,
  type StageNames,
  type ZfsFlavour,
  zfsPackages,
} from './recipe.ts';
import type { Reporter } from './report.ts';
import { removeTree, stage } from './stage.ts';

/** What is known about a finished image; `manifest.json` beside it. */
export interface LabManifest {
  readonly zfs: ZfsFlavour;
  readonly release: string;
  readonly kernel: string;
  /** Version of every package in the guests, and of those that the kernel and the modules came from. */
  readonly packages: Readonly<Record<string, string>>;
  /** OpenSSH form: `SHA256:` and base64 without padding. */
  readonly hostKeySha256: Readonly<Record<GuestName, string>>;
}

export const imageFile = {
  root: 'root.ext4',
  kernel: 'vmlinuz',
  initramfs: 'initramfs',
  identity: 'id_ed25519',
  manifest: 'manifest.json',
} as const;

/** A Debian without ZFS as a tar file, made by debootstrap or found in the cache. Resolves with the path of the tar file. */
export async function buildBase(
  release: string,
  names: StageNames,
  openApt: () => Promise<PrivateApt>,
  report: Reporter,
): Promise<string> {
  const dir = await stage(names.base, `Debian ${release} base system`, report, async (into) => {
    const { main } = (await openApt()).sources;
    const debs = join(aptDir(), 'debootstrap');
    mkdirSync(debs, { recursive: true });
    const root = join(into, 'root');
    const command = [
      'debootstrap',
      '--variant=minbase',
      `--cache-dir=${debs}`,
      `--include=${basePackages.join(',')}`,
      ...(main.signedBy === undefined ? [] : [`--keyring=${main.signedBy}`]),
      release,
      root,
      main.uri,
    ];
    await exec(command, { asRoot: true, logFile: join(into, 'debootstrap.log') });
    await exec(['tar', '--numeric-owner', '-C', root, '-cf', join(into, 'base.tar'), '.'], { asRoot: true });
    await removeTree(root);
    await exec(['chown', '-R', owner(), into], { asRoot: true });
  });
  return join(dir, 'base.tar');
}

const owner = (): string => `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;

export interface ImageParts {
  readonly zfs: ZfsFlavour;
  readonly release: string;
  readonly kernel: Kernel;
  readonly modules: ZfsModules;
  readonly baseTar: string;
}

/** Puts kernel, modules, packages and keys together into a bootable lab. Resolves with the finished folder. */
export function buildImage(
  parts: ImageParts,
  names: StageNames,
  openApt: () => Promise<PrivateApt>,
  report: Reporter,
): Promise<string> {
  return stage(names.image, `guest image (${parts.zfs})`, report, async (into) => {
    const root = join(into, 'root');
    mkdirSync(root);
    await exec(['tar', '--numeric-owner', '-C', root, '-xf', parts.baseTar], { asRoot: true });
    await installPackages(parts, root, into, await openApt());
    await addKernel(parts, root, into);
    const hostKeySha256 = await addKeysAndFiles(root, into);
    const packages = await installedPackages(root);
    const manifest: LabManifest = {
      zfs: parts.zfs,
      release: parts.release,
      kernel: parts.kernel.release,
      packages: { ...packages, linux: parts.kernel.packageVersion, 'zfs-dkms': parts.modules.packageVersion },
      hostKeySha256,
    };
    const image = join(into, imageFile.root);
    await exec(['mke2fs', '-q', '-t', 'ext4', '-L', 'lab', '-m', '0', '-d', root, image, `${rootImageBytes / 1024}k`], {
      asRoot: true,
    });
    await removeTree(root);
    await exec(['chown', '-R', owner(), into], { asRoot: true });
    writeFileSync(join(into, imageFile.manifest), `${JSON.stringify(manifest, undefined, 2)}\n`);
  });
}

async function installPackages(parts: ImageParts, root: string, into: string, apt: PrivateApt): Promise<void> {
  const suite = parts.zfs === 'backports' ? `/${parts.release}-backports` : '';
  const log = join(into, 'install.log');
  // Downloaded outside and installed with dpkg inside: the guest's tree needs neither network nor apt configuration.
  const debs = join(into, 'debs');
  const files = await apt.downloadFor(root, [...extraPackages, ...zfsPackages.map((name) => `${name}${suite}`)], debs);
  await exec(['mkdir', '-p', join(root, 'debs')], { asRoot: true });
  await exec(['cp', ...files.map((name) => join(debs, name)), join(root, 'debs')], { asRoot: true });
  // No service may start while a package is being set up in a tree that shares the machine's kernel.
  const policy = join(into, 'policy-rc.d');
  writeFileSync(policy, '#!/bin/sh\nexit 101\n');
  await exec(['install', '-m', '755', policy, join(root, 'usr/sbin/policy-rc.d')], { asRoot: true });
  await exec(['chroot', root, 'dpkg', '-i', ...files.map((name) => `/debs/${name}`)], {
    asRoot: true,
    logFile: log,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  const dead = [
    'debs',
    'usr/sbin/policy-rc.d',
    'usr/share/doc',
    'usr/share/man',
    'usr/share/locale',
    'var/lib/apt/lists',
    'var/cache',
  ];
  await exec(['rm', '-rf', ...dead.map((path) => join(root, path))], { asRoot: true });
  await exec(['rm', '-r', debs, policy]);
}

async function addKernel({ kernel, modules }: ImageParts, root: string, into: string): Promise<void> {
  const target = join(root, 'usr/lib/modules', kernel.release);
  await exec(['mkdir', '-p', join(root, 'usr/lib/modules')], { asRoot: true });
  await exec(['cp', '-r', join(kernel.tree, 'lib/modules', kernel.release), target], { asRoot: true });
  await exec(['rm', '-f', join(target, 'build'), join(target, 'source')], { asRoot: true });
  await exec(['cp', '-r', modules.dir, join(target, 'extra')], { asRoot: true });
  await exec(['depmod', '-b', root, kernel.release], { asRoot: true });
  copyFileSync(join(kernel.tree, 'boot', `vmlinuz-${kernel.release}`), join(into, imageFile.kernel));
  await buildInitramfs(root, kernel.release, into, join(into, imageFile.initramfs));
}

/** Everything that is ours inside the guest. Resolves with the fingerprints of the guests' host keys. */
async function addKeysAndFiles(root: string, into: string): Promise<Record<GuestName, string>> {
  const files = join(into, 'files');
  const put = (path: string, text: string | Buffer, mode = 0o644) => {
    const file = join(files, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text, { mode });
  };
  const identity = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'snapferry-lab' });
  writeFileSync(join(into, imageFile.identity), identity.private, { mode: 0o600 });
  writeFileSync(join(into, `${imageFile.identity}.pub`), `${identity.public}\n`);
  const hostKeys = guestNames.map((name) => ({
    name,
    key: ssh2.utils.generateKeyPairSync('ed25519', { comment: name }),
  }));
  for (const { name, key } of hostKeys) put(`etc/ssh/lab/${name}`, key.private, 0o600);
  for (const home of ['root', 'home/ferry']) {
    put(`${home}/.ssh/authorized_keys`, `${identity.public}\n`, 0o600);
    put(`${home}/.ssh/id_ed25519`, identity.private, 0o600);
    // The guests know each other by name, whatever port they are behind this time.
    put(`${home}/.ssh/known_hosts`, hostKeys.map(({ name, key }) => `${name} ${key.public}\n`).join(''));
  }
  put('etc/ssh/sshd_config', guestFiles.sshdConfig);
  put('etc/modprobe.d/lab.conf', guestFiles.modprobeConf);
  put('etc/inittab', guestFiles.inittab);
  put('lab/rc', guestFiles.rc, 0o755);
  put('bin/busybox', readFileSync('/bin/busybox'), 0o755);
  await exec(['chroot', root, 'useradd', '-m', '-s', '/bin/bash', '-p', '*', 'ferry'], { asRoot: true });
  await exec(['rm', '-rf', join(root, 'etc/ssh/sshd_config'), join(root, 'sbin/init')], { asRoot: true });
  // --keep-directory-symlink: /bin is a link in Debian's tree and must stay one.
  await exec(
    [
      'sh',
      '-c',
      'tar -C "$1" --owner=0 --group=0 -cf - . | tar -C "$2" --keep-directory-symlink -xf -',
      'sh',
      files,
      root,
    ],
    { asRoot: true },
  );
  await exec(
    [
      'chroot',
      root,
      'sh',
      '-c',
      'chmod 700 /root/.ssh /home/ferry/.ssh; chown -R ferry: /home/ferry; ln -s ../bin/busybox /usr/sbin/init; ln -s /opt/tools/bin/node /usr/local/bin/node',
    ],
    { asRoot: true },
  );
  await exec(['rm', '-r', files]);
  const entries = hostKeys.map(({ name, key }) => [name, fingerprint(key.public)] as const);
  return Object.fromEntries(entries) as Record<GuestName, string>;
}

/** OpenSSH's SHA256 fingerprint of a public key line. */
export function fingerprint(publicKeyLine: string): string {
  const blob = Buffer.from(publicKeyLine.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

async function installedPackages(root: string): Promise<Record<string, string>> {
  const format = '-f=$' + '{Package} $' + '{Version}\\n';
  const listing = await exec(['dpkg-query', `--admindir=${join(root, 'var/lib/dpkg')}`, '-W', format]);
  const pairs = listing
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  return Object.fromEntries(pairs.map(([name = '', version = '']) => [name, version]));
}
