/** The daemon as a whole, as plain data. */
import type { TlsFiles } from './types-reach.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

interface OutletBase {
  readonly level: LogLevel;
  readonly format: 'human' | 'logfmt' | 'json';
}

export interface StdoutOutlet extends OutletBase {
  readonly type: 'stdout';
  readonly time: boolean;
  readonly color: boolean;
}

export interface SyslogOutlet extends OutletBase {
  readonly type: 'syslog';
  readonly facility: string;
  readonly retryIntervalMs: number;
}

export interface TcpOutlet extends OutletBase {
  readonly type: 'tcp';
  readonly address: string;
  readonly net: string;
  readonly retryIntervalMs: number;
  readonly tls: TlsFiles | null;
}

export type LogOutlet = StdoutOutlet | SyslogOutlet | TcpOutlet;

export interface PrometheusMonitoring {
  readonly type: 'prometheus';
  readonly listen: string;
  readonly listenFreebind: boolean;
}

export interface GlobalConfig {
  /** Never empty. */
  readonly logging: readonly LogOutlet[];
  readonly monitoring: PrometheusMonitoring | null;
  /** Paths that the file names; null where it names none and the daemon uses its own. */
  readonly controlSockpath: string | null;
  /** Login names, or numbers, of users who may ask the daemon. */
  readonly allowUsers: readonly string[];
  /** Whose members may ask it, too; null: none. */
  readonly allowGroup: string | null;
  readonly stdinserverSockdir: string | null;
}
