/** Entry of the benches that run inside a guest: `node bench.mjs NAME ARGS...` prints the result as JSON. */
import { benchIdleCycle } from './idle-cycle.ts';
import { benchLocalPush } from './local-push.ts';
import { benchPrune } from './prune-many.ts';

const [name, ...numbers] = process.argv.slice(2);
const [first = 0, second = 0, third = 0] = numbers.map(Number);

switch (name) {
  case 'local-push':
    console.log(JSON.stringify(await benchLocalPush(first, second)));
    break;
  case 'idle-cycle':
    console.log(JSON.stringify(await benchIdleCycle(first, second, third)));
    break;
  case 'prune':
    console.log(JSON.stringify(await benchPrune(first, second)));
    break;
  default:
    throw new Error(`no bench of the name ${name}`);
}
