import { describe, expect, it } from 'vitest';
import { runInForeground } from '../../../core/host/foreground.ts';

const never = new AbortController().signal;

describe('runInForeground', () => {
  it('gives how the program ended', async () => {
    expect(await runInForeground(['/bin/sh', '-c', 'exit 3'], 'here', never)).toEqual({ code: 3, signal: null });
  });

  it('asks it to end when told', async () => {
    const abort = new AbortController();
    const running = runInForeground(['/bin/sleep', '60'], 'here', abort.signal);
    abort.abort();
    expect(await running).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('says when it is not there', async () => {
    await expect(runInForeground(['/nonexistent'], 'here', never)).rejects.toMatchObject({ code: 'command-missing' });
  });
});
