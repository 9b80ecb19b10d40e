/** What `zpool import` says of pools that could be imported, without importing any. Pure. See zpool-import(8). */
import { readable } from '../zfs/parse-common.ts';

export interface ImportablePool {
  readonly name: string;
  readonly guid: bigint;
  /** As zpool says it: ONLINE, DEGRADED, UNAVAIL, FAULTED. */
  readonly state: string;
  /** The last to have it imported was another system, or one that did not export it. */
  readonly usedElsewhere: boolean;
  /** It may be imported, but not written to. */
  readonly readOnly: boolean;
  /** It needs something that this version of ZFS does not have. */
  readonly unsupported: boolean;
  /** A device of it is not there, or damaged. */
  readonly incomplete: boolean;
  /** What zpool says of it, for a person. */
  readonly text: string;
}

/** Right-aligned with blanks; the lines of the configuration are indented with tabs. */
const FIELD = /^ {0,8}(pool|id|state|status|action|see|comment|config):(.*)$/;
const TEXT_CHARS_MAX = 2_000;
const POOLS_MAX = 1_024;

/** Reads the listing of `zpool import`. An empty one is no pool. Throws `output-unreadable`. */
export function parseImportable(stdout: string): readonly ImportablePool[] {
  const blocks: Map<string, string>[] = [];
  let field = '';
  for (const line of stdout.split('\n')) {
    const [, key, rest = ''] = FIELD.exec(line) ?? [];
    if (key === 'pool') blocks.push(new Map());
    const block = blocks.at(-1);
    if (key !== undefined) field = key;
    if (block === undefined || field === '') continue;
    const before = block.get(field);
    const text = (key === undefined ? line : rest).trim();
    block.set(field, before === undefined ? text : `${before} ${text}`.trim());
  }
  readable(blocks.length <= POOLS_MAX, 'the listing of pools to import', stdout);
  return blocks.map((block) => poolOf(block, stdout));
}

function poolOf(block: ReadonlyMap<string, string>, stdout: string): ImportablePool {
  const of = (key: string): string => block.get(key) ?? '';
  const id = of('id');
  readable(/^[0-9]{1,20}$/.test(id) && of('pool') !== '', 'a pool to import', stdout);
  // "ONLINE (DESTROYED)"
  const [first = ''] = of('state').split(' ');
  const state = of('state').includes('DESTROYED') ? 'DESTROYED' : first;
  const said = `${of('status')} ${of('action')}`;
  return {
    name: of('pool'),
    guid: BigInt(id),
    state,
    usedElsewhere:
      /last accessed by another system|currently imported by another system|hostid|import.*-f'? flag/i.test(said),
    readOnly: /read-only|readonly=on/i.test(said),
    unsupported: /unsupported feature|newer version|not supported|incompatible version/i.test(said),
    incomplete: /missing|corrupted|damaged|cannot be opened|degraded/i.test(said) || state !== 'ONLINE',
    text: [of('status'), of('action')]
      .filter((part) => part !== '')
      .join(' ')
      .slice(0, TEXT_CHARS_MAX),
  };
}
