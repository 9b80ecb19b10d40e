/** Defects of the receiving end: what may be replaced, what counts as arrived, and what keeps it. */
import { at, type Mutant } from './mutant.ts';

export const RECEIVING: readonly Mutant[] = [
  ...at('endpoint/receiver.ts', [
    ['always -F', 'const force = await this.#mayForce(step, ctx);', 'const force = true;', 2],
    ['never -F', 'const force = await this.#mayForce(step, ctx);', 'const force = false;', 19],
    ['what arrived is not held', 'await this.confirmed(step.dataset, step.to, options.guarantee, ctx);', '', 2],
    [
      'partial state is not kept',
      'const savePartial = await zfs.poolResumable(poolOf(local), ctx);',
      'const savePartial = false;',
      2,
    ],
    [
      'a stand-in is for ever one',
      "await zfs.setProperties(known.localName, [[PLACEHOLDER_PROPERTY, 'off']], ctx);",
      '',
      1,
      19,
    ],
    ['parents are not made', 'await this.#tree.createAncestors(local, ctx);', '', 2],
  ]),
  ...at('endpoint/placeholder.ts', [
    [
      'a resumed first copy goes on without -F',
      "if (step.resume !== null) return { kind: 'force' };",
      "if (step.resume !== null) return { kind: 'no' };",
      1,
      178,
    ],
    ['an old stand-in is not known again', "property.value === 'on' ||", "property.value === 'yes' ||", 19],
  ]),
  ...at('endpoint/received-hold.ts', [
    ['old holds go before the new one', 'await release(keeps ? old.slice(0, -1) : old);', 'await release(old);', 2],
    ['the old hold stays', 'await release(old.slice(-1));', '', 2],
    ['the wrong hold goes', 'await release(old.slice(-1));', 'await release([newest]);', 2],
    [
      'a release that failed is forgotten',
      'const released = new Set<bigint>();',
      'const released = new Set<bigint>(old.map((one) => one.guid));',
      1,
      235,
    ],
  ]),
  ...at('endpoint/received.ts', [
    [
      'what arrived is not verified',
      "if (seen.get(snapshot)?.get('guid')?.value !== step.to.guid.toString()) {",
      'if (seen.size > 999) {',
      1,
      906,
    ],
  ]),
  ...at('endpoint/mapping.ts', [
    [
      'the copy lies beside the root of the client',
      'return checkDataset(`${root.rootFs}/${checkComponent(root.clientIdentity)}`);',
      'return checkDataset(`${root.rootFs}_${checkComponent(root.clientIdentity)}`);',
      2,
    ],
  ]),
];
