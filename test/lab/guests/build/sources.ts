import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One archive that the machine's own apt knows: an address and a suite, with the key that signs it. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  /** Path of a keyring; undefined where the entry names none or holds the key itself. */
  readonly signedBy: string | undefined;
}

/** Reads deb822 text (`*.sources`). Disabled and source-only entries are left out. */
export function parseDeb822Sources(text: string): AptSource[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map<string, string>();
    let last = '';
    for (const line of stanza.split('\n')) {
      if (line.startsWith('#')) continue;
      const field = /^([A-Za-z-]+):\s*(.*)$/.exec(line);
      if (field?.[1] !== undefined) {
        last = field[1].toLowerCase();
        fields.set(last, field[2] ?? '');
      } else if (last !== '') fields.set(last, `${fields.get(last) ?? ''} ${line.trim()}`);
    }
    const words = (name: string) => (fields.get(name) ?? '').split(/\s+/).filter((word) => word !== '');
    if (!words('types').includes('deb') || words('enabled')[0]?.toLowerCase() === 'no') return [];
    const signedBy = words('signed-by')[0];
    return words('uris').flatMap((uri) =>
      words('suites').map((suite) => ({ uri, suite, signedBy: signedBy?.startsWith('/') ? signedBy : undefined })),
    );
  });
}

/** Reads one-line text (`sources.list`, `*.list`). */
export function parseOneLineSources(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const found = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)/.exec(line);
    if (found?.[2] === undefined || found[3] === undefined) return [];
    const signedBy = /(?:^|\s)signed-by=(\/\S+)/i.exec(found[1] ?? '')?.[1];
    return [{ uri: found[2], suite: found[3], signedBy }];
  });
}

/** Every archive in the machine's own apt configuration, which is only ever read. */
export function systemSources(etcApt = '/etc/apt'): AptSource[] {
  const parts = join(etcApt, 'sources.list.d');
  const files = [
    join(etcApt, 'sources.list'),
    ...(existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : []),
  ];
  return files.flatMap((file) => {
    if (!existsSync(file)) return [];
    if (file.endsWith('.sources')) return parseDeb822Sources(readFileSync(file, 'utf8'));
    return file.endsWith('.list') ? parseOneLineSources(readFileSync(file, 'utf8')) : [];
  });
}

const debianKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The archives that the lab is built from. */
export interface LabSources {
  readonly main: AptSource;
  readonly all: readonly AptSource[];
}

/**
 * Picks the machine's own mirror for `release` with its updates, security updates and, if asked for, backports.
 * On a Debian of another release the same mirror is used with our release's suites. Throws when there is no Debian mirror.
 */
export function labSources(sources: readonly AptSource[], release: string, backports: boolean): LabSources {
  const ofSuite = (suite: string) => sources.find((source) => source.suite === suite);
  const debian =
    ofSuite(release) ?? sources.find((source) => /^[a-z]+$/.test(source.suite) && /\/debian\/?$/.test(source.uri));
  if (debian === undefined) {
    throw new Error(`the lab is built from Debian ${release}, and this machine's apt sources name no Debian mirror`);
  }
  const keyed = (source: AptSource): AptSource => ({
    ...source,
    signedBy: source.signedBy ?? (existsSync(debianKeyring) ? debianKeyring : undefined),
  });
  const onMirror = (suite: string) => keyed(ofSuite(suite) ?? { ...debian, suite });
  const main = onMirror(release);
  const security = ofSuite(`${release}-security`);
  return {
    main,
    all: [
      main,
      onMirror(`${release}-updates`),
      ...(security === undefined ? [] : [keyed(security)]),
      ...(backports ? [onMirror(`${release}-backports`)] : []),
    ],
  };
}

/** A `sources.list` with `main` and `contrib` (OpenZFS is in contrib) of the given archives. */
export function sourcesList(sources: readonly AptSource[]): string {
  return sources
    .map(({ uri, suite, signedBy }) => {
      const options = signedBy === undefined ? '' : `[signed-by=${signedBy}] `;
      return `deb ${options}${uri} ${suite} main contrib\n`;
    })
    .join('');
}
