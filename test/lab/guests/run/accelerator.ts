import { accessSync, constants, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import type { BuiltLab } from '../build/ensure.ts';
import { labCacheDir, runDir } from '../build/paths.ts';
import { inPhase, type Reporter } from '../build/report.ts';
import { killLocal } from './local-process.ts';
import { startQemu } from './qemu.ts';
import { untilReady } from './serial.ts';
import type { Accelerator } from './state.ts';

const trialTimeoutMs = 20_000;

/**
 * Chooses KVM only where a guest has really booted with it: on some virtual machines /dev/kvm opens and then hangs. The
 * trial is made once for each processor and kernel; its result is kept in the cache.
 */
export async function chooseAccelerator(lab: BuiltLab, report: Reporter): Promise<Accelerator> {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return 'tcg';
  }
  const machine = `${cpus()[0]?.model ?? 'unknown'} / ${release()}`;
  const file = join(labCacheDir(), 'accelerator.json');
  const known = remembered(file);
  if (known?.machine === machine) return known.accelerator;
  const accelerator = await inPhase(report, 'trying KVM', () => tryKvm(lab));
  writeFileSync(file, JSON.stringify({ machine, accelerator }));
  return accelerator;
}

function remembered(file: string): { machine: string; accelerator: Accelerator } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { machine: string; accelerator: Accelerator };
  } catch {
    return undefined;
  }
}

async function tryKvm(lab: BuiltLab): Promise<Accelerator> {
  const dir = join(runDir('kvm-trial'), `${process.pid}`);
  const guest = await startQemu(lab, 'workstation', 'kvm', dir);
  try {
    await untilReady(guest, 0, trialTimeoutMs);
    return 'kvm';
  } catch {
    return 'tcg';
  } finally {
    await killLocal(guest.process);
    rmSync(runDir('kvm-trial'), { recursive: true, force: true });
  }
}
