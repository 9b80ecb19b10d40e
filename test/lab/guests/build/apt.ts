import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exec } from './exec.ts';
import { aptDir } from './paths.ts';
import { inPhase, type Reporter } from './report.ts';
import { type LabSources, labSources, sourcesList, systemSources } from './sources.ts';

/** An apt with lists and cache of its own. It shares the machine's mirror, keys and proxy, and changes none of them. */
export interface PrivateApt {
  readonly sources: LabSources;
  /** Newest version of a package that the lists know (`target` as in {@link PrivateApt.download}). Throws if unknown. */
  show(packageName: string, target?: string): Promise<PackageFacts>;
  /** Downloads packages, without their dependencies, into `dir`. A name may carry a target: `name/suite`. */
  download(names: readonly string[], dir: string): Promise<void>;
  /** Downloads into `dir` what has to be installed, dependencies included, on top of the root file system `root`. */
  downloadFor(root: string, names: readonly string[], dir: string): Promise<string[]>;
}

export interface PackageFacts {
  readonly version: string;
  readonly depends: string;
}

/** Fetches the package lists of `release`. Touches the network, so it is called only once something must be built. */
export async function openPrivateApt(release: string, backports: boolean, report: Reporter): Promise<PrivateApt> {
  const sources = labSources(systemSources(), release, backports);
  const dir = join(aptDir(), backports ? `${release}-backports` : release);
  const lists = join(dir, 'lists');
  const cache = join(dir, 'cache');
  for (const each of [join(lists, 'partial'), join(cache, 'archives', 'partial')]) mkdirSync(each, { recursive: true });
  writeFileSync(join(dir, 'sources.list'), sourcesList(sources.all));
  const options = [
    `-oDir::Etc::sourcelist=${join(dir, 'sources.list')}`,
    '-oDir::Etc::sourceparts=/dev/null',
    `-oDir::State::Lists=${lists}`,
    `-oDir::Cache=${cache}`,
    // The sandbox user may not read a folder below somebody's home.
    '-oAPT::Sandbox::User=root',
    '-oAcquire::Retries=3',
    '-oDebug::NoLocking=true',
  ];
  await inPhase(report, 'fetching package lists', () => exec(['apt-get', ...options, '-qq', 'update']));

  const show = async (packageName: string, target?: string): Promise<PackageFacts> => {
    const wanted = target === undefined ? packageName : `${packageName}/${target}`;
    const text = await exec(['apt-cache', ...options, 'show', '--no-all-versions', wanted]);
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
    const version = field('Version');
    if (version === undefined) throw new Error(`apt knows no version of ${wanted}`);
    return { version, depends: field('Depends') ?? '' };
  };
  return {
    sources,
    show,
    download: async (names, into) => {
      await exec(['apt-get', ...options, '-qq', 'download', ...names], { cwd: into });
    },
    downloadFor: async (root, names, into) => {
      mkdirSync(join(into, 'partial'), { recursive: true });
      await exec([
        'apt-get',
        ...options,
        `-oDir::State::status=${join(root, 'var/lib/dpkg/status')}`,
        `-oDir::Cache::archives=${into}`,
        '-qq',
        '-y',
        '--no-install-recommends',
        '--download-only',
        'install',
        ...names,
      ]);
      return readdirSync(into).filter((name) => name.endsWith('.deb'));
    },
  };
}
