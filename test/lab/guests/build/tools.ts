import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { exec } from './exec.ts';
import type { Reporter } from './report.ts';
import { stage } from './stage.ts';

const toolsBytes = 192 * 1024 ** 2;

export const toolsFile = 'tools.ext4';

/** Name of the stage that holds the tools disk for the Node that we run on. */
export const toolsStage = (): string => `tools-node-${process.version}`;

/** A read-only disk with the Node that we run on, at /opt/tools/bin/node in the guests. Cached by Node's version. */
export async function buildTools(report: Reporter): Promise<void> {
  await stage(toolsStage(), `tools disk (Node ${process.version})`, report, async (into) => {
    const tree = join(into, 'tree');
    mkdirSync(join(tree, 'bin'), { recursive: true });
    copyFileSync(process.execPath, join(tree, 'bin/node'));
    const image = join(into, toolsFile);
    await exec(['mke2fs', '-q', '-t', 'ext4', '-L', 'tools', '-m', '0', '-d', tree, image, `${toolsBytes / 1024}k`]);
    await exec(['rm', '-r', tree]);
  });
}
