/** What `install-service` puts where, and takes away again. Pure. */

/** The folders of an installation. A package of the distribution uses /usr/bin and /usr/lib, see `PACKAGE_PLACES`. */
export interface Places {
  /** For the launcher. */
  readonly bin: string;
  /** For the program and the Node that it runs on. */
  readonly lib: string;
  readonly systemd: string;
  readonly sysusers: string;
  readonly tmpfiles: string;
  readonly applications: string;
  /** Of the theme that every desktop falls back to. */
  readonly icons: string;
}

export const LOCAL_PLACES: Places = {
  bin: '/usr/local/bin',
  lib: '/usr/local/lib/snapferry',
  systemd: '/etc/systemd/system',
  sysusers: '/etc/sysusers.d',
  tmpfiles: '/etc/tmpfiles.d',
  applications: '/usr/local/share/applications',
  icons: '/usr/local/share/icons/hicolor',
};

export const PACKAGE_PLACES: Places = {
  bin: '/usr/bin',
  lib: '/usr/lib/snapferry',
  systemd: '/usr/lib/systemd/system',
  sysusers: '/usr/lib/sysusers.d',
  tmpfiles: '/usr/lib/tmpfiles.d',
  applications: '/usr/share/applications',
  icons: '/usr/share/icons/hicolor',
};

export interface PlannedFile {
  /** Below assets/linux. */
  readonly source: string;
  readonly target: string;
  readonly mode: number;
}

export const CONFIG_FILE = '/etc/snapferry/snapferry.yml';
/** Neither is ever removed: what is backed up, and what became of it. */
export const KEPT_FOLDERS: readonly string[] = ['/etc/snapferry', '/var/lib/snapferry'];

/** Files from templates. Polkit and AppArmor each read one folder only, wherever the rest of a program is. */
export function plannedFiles({
  bin,
  systemd,
  sysusers,
  tmpfiles,
  applications,
  icons,
}: Places): readonly PlannedFile[] {
  const plain = 0o644;
  return [
    { source: 'snapferry-launcher.sh', target: `${bin}/snapferry`, mode: 0o755 },
    { source: 'snapferry.service', target: `${systemd}/snapferry.service`, mode: plain },
    { source: 'snapferry.sysusers.conf', target: `${sysusers}/snapferry.conf`, mode: plain },
    { source: 'snapferry.tmpfiles.conf', target: `${tmpfiles}/snapferry.conf`, mode: plain },
    { source: 'org.snapferry.policy', target: '/usr/share/polkit-1/actions/org.snapferry.policy', mode: plain },
    { source: 'snapferry.apparmor', target: '/etc/apparmor.d/snapferry-desktop', mode: plain },
    { source: 'snapferry.desktop', target: `${applications}/snapferry.desktop`, mode: plain },
    { source: 'snapferry.svg', target: `${icons}/scalable/apps/snapferry.svg`, mode: plain },
    { source: 'snapferry-autostart.desktop', target: '/etc/xdg/autostart/snapferry.desktop', mode: plain },
  ];
}

/** A template with its folders filled in. Throws for a place that nobody knows. */
export function filled(template: string, { bin, lib }: Pick<Places, 'bin' | 'lib'>): string {
  const text = template.replaceAll('@bin@', bin).replaceAll('@lib@', lib);
  const left = /@[a-z]+@/.exec(text);
  if (left !== null) throw new Error(`nothing is known of ${left[0]}`);
  return text;
}
