/** Ending a whole process group. Imports nothing: the small process that starts programs uses it too. */

/** Kills every process of the group. That there is none any more is as good. */
export function killProcessGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')) throw thrown;
  }
}
