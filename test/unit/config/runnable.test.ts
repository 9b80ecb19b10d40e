import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { checkRunnable, runnable } from '../../../core/config/runnable.ts';
import { configOf, file, parse, pullJob, pushJob, sinkJob, snapJob, sourceJob, sshJob } from './helper.ts';
import { SAMPLES } from './samples.ts';

/** Per job: "ok", or why not. */
function verdicts(text: string): Readonly<Record<string, string>> {
  const config = configOf(text);
  return Object.fromEntries(
    config.jobs.map((job) => {
      const result = runnable(job, config);
      return [job.name, result.ok ? 'ok' : result.reasons.join('; ')];
    }),
  );
}

describe('what can be run', () => {
  it('is local and agentless push, local sink, and snap', () => {
    expect(verdicts(file(pushJob(), sinkJob(), sshJob({ name: 'nas' }), snapJob()))).toEqual({
      pusher: 'ok',
      sinker: 'ok',
      nas: 'ok',
      snaps: 'ok',
    });
  });

  it('is nothing that is not built, and the reason names it', () => {
    const hooks =
      '{type: periodic, interval: 1h, prefix: a, hooks: [{type: command, path: /x}, {type: command, path: /y}]}';
    expect(
      verdicts(
        file(
          snapJob({ name: 'hooks', snapshotting: hooks }),
          sshJob({ name: 'saved', send: '{saved: true}' }),
          pushJob({ name: 'tcp', connect: '{type: tcp, address: "a:1"}' }),
          sinkJob({ name: 'sink', serve: '{type: stdinserver, client_identities: [x]}' }),
          pullJob(),
          sourceJob(),
        ),
      ),
    ).toEqual({
      hooks: 'hooks of type command are not built yet',
      saved: 'send.saved cannot be combined with sending snapshots',
      tcp: 'connections of type tcp are not built yet',
      sink: 'listeners of type stdinserver are not built yet',
      puller: 'jobs of type pull are not built yet',
      sourcer: 'jobs of type source are not built yet',
    });
  });

  it('is no job whose listener two others serve', () => {
    const why =
      'the listener "localsink" is served by "limited_sink" and "nolimit_sink", so it is not clear which one is meant';
    expect(verdicts(SAMPLES.bandwidth_limit)).toEqual({ limited_sink: why, limited_push: why, nolimit_sink: why });
  });

  it('is said as an error that names the job', () => {
    const config = configOf(file(pullJob(), snapJob()));
    const thrown = (index: number) => {
      const job = config.jobs[index];
      try {
        if (job !== undefined) checkRunnable(job, config);
      } catch (error) {
        return error;
      }
      return null;
    };
    expect(thrown(1)).toBeNull();
    expect(thrown(0)).toBeInstanceOf(ProblemError);
    expect(thrown(0)).toMatchObject({ code: 'config-not-runnable', facts: { job: 'puller' } });
  });
});

describe('the examples of the documentation', () => {
  const folder = new URL('../../../docs/examples/', import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.yml'));

  it('are there', () => {
    expect(names).toEqual(expect.arrayContaining(['push-to-nas.yml', 'second-pool.yml', 'snapshots-only.yml']));
  });

  it.each(names)('%s has no complaint and can be run', (name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    expect(parse(text).problems).toEqual([]);
    expect(new Set(Object.values(verdicts(text)))).toEqual(new Set(['ok']));
  });
});
