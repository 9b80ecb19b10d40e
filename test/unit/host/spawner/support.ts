import { afterAll } from 'vitest';
import { spawnerCommand } from '../../../../core/cli/spawner-command.ts';
import { LOCAL_ENVIRONMENT } from '../../../../core/host/local.ts';
import { createSpawner, type Spawner } from '../../../../core/host/spawner/client.ts';
import { ROOT } from '../../../../scripts/lib/root.ts';

/** The spawner as the command line starts it, ended after the file. */
export function spawnerForTests(): Spawner {
  const spawner = createSpawner({
    command: spawnerCommand(`${ROOT}/core/cli/main.ts`),
    env: LOCAL_ENVIRONMENT,
    host: 'this machine',
  });
  afterAll(() => spawner.close());
  return spawner;
}
