import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { exec } from './exec.ts';
import { guestFiles } from './guest-files.ts';
import { initramfsModules } from './recipe.ts';

/**
 * Writes an initramfs of about a megabyte: static busybox, our init script, and the modules that lead to the root image,
 * in the order in which they must be loaded. `root` is a tree that depmod has been through.
 */
export async function buildInitramfs(
  root: string,
  kernelRelease: string,
  workDir: string,
  target: string,
): Promise<void> {
  const tree = join(workDir, 'initramfs-tree');
  mkdirSync(join(tree, 'bin'), { recursive: true });
  mkdirSync(join(tree, 'modules'));
  copyFileSync('/bin/busybox', join(tree, 'bin/busybox'));
  const order: string[] = [];
  for (const module of initramfsModules) {
    const listing = await exec(['modprobe', '-d', root, '-S', kernelRelease, '--show-depends', module]);
    for (const line of listing.split('\n')) {
      // What the kernel has built in is listed as `builtin` and needs no file.
      const path = /^insmod (\S+)/.exec(line)?.[1];
      if (path === undefined || order.includes(basename(path))) continue;
      order.push(basename(path));
      copyFileSync(path, join(tree, 'modules', basename(path)));
    }
  }
  writeFileSync(join(tree, 'modules/order'), `${order.join(' ')}\n`);
  writeFileSync(join(tree, 'init'), guestFiles.initramfsInit, { mode: 0o755 });
  await exec(['sh', '-c', 'cd "$1" && find . | cpio --quiet -o -H newc | gzip -1 > "$2"', 'sh', tree, target]);
  await exec(['rm', '-r', tree]);
}
