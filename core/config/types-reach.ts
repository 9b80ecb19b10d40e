/** How jobs reach each other, as plain data. */

/** 0 is no timeout, here and for every timeout below. */
interface Dial {
  readonly dialTimeoutMs: number;
}

export interface TlsFiles {
  /** Paths of PEM files. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface TcpConnect extends Dial {
  readonly type: 'tcp';
  readonly address: string;
}

export interface TlsConnect extends Dial, TlsFiles {
  readonly type: 'tls';
  readonly address: string;
  readonly serverCn: string;
}

export interface StdinserverConnect extends Dial {
  readonly type: 'ssh+stdinserver';
  readonly host: string;
  readonly user: string;
  readonly port: number;
  readonly identityFile: string;
  readonly options: readonly string[];
  /** Empty: the ssh of the search path. */
  readonly sshCommand: string;
  readonly transportOpenCommand: readonly string[];
}

export interface LocalConnect extends Dial {
  readonly type: 'local';
  readonly listenerName: string;
  readonly clientIdentity: string;
}

/** Own addition: a receiver that has nothing but ssh and zfs. This side runs the commands there. */
export interface SshConnect {
  readonly type: 'ssh';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identityFile: string;
  readonly hostKey: HostKeyPin;
  readonly rootFs: string;
  /** Given: received below `rootFs/<clientIdentity>`, as a sink does it. Null: below `rootFs` itself. */
  readonly clientIdentity: string | null;
  /** Whether zfs is run through `sudo -n` there. */
  readonly sudo: boolean;
  /** Where else the same machine may answer, in the order in which it is looked for; it has to show the same host key. */
  readonly alsoAt: readonly string[];
  /** How the machine is woken up where it does not answer. Null: it is not. */
  readonly wake: WakeConfig | null;
}

/** A machine that a magic packet wakes up. */
export interface WakeConfig {
  /** Six pairs of lower-case hexadecimal digits with colons in between. */
  readonly mac: string;
  /** IPv4 address that the packet is sent to. */
  readonly broadcast: string;
  /** Of UDP. */
  readonly port: number;
  /** Time that it gets to come up. */
  readonly waitMs: number;
  /** Whether runs that begin by themselves wake it, too. */
  readonly scheduled: boolean;
}

/** How the other machine proves that it is the right one. */
export type HostKeyPin =
  | { readonly type: 'fingerprint'; readonly sha256: string }
  | { readonly type: 'known_hosts'; readonly path: string };

/** Own addition: external drives, each a pool, that come and go. */
export interface DriveConnect {
  readonly type: 'drive';
  /** At least one. With several, the backups go to whichever is there. */
  readonly drives: readonly DriveConfig[];
  /** Given: received below `rootFs/<clientIdentity>`. Null: below `rootFs` itself. */
  readonly clientIdentity: string | null;
  /** What follows when one of them is plugged in. */
  readonly onPlug: OnPlug;
  /** Whether a drive that this job has connected is exported when the run is over. */
  readonly ejectWhenDone: boolean;
  /** How long after that its motor is brought to rest; null: never. */
  readonly spinDownAfterMs: number | null;
  /** From this age on, a copy on one of them is overdue. */
  readonly staleAfterMs: number;
}

/** `never`: only a person begins. */
export type OnPlug = 'start' | 'ask' | 'never';

export interface DriveConfig {
  /** What a person calls it; the name of the pool where nothing else is given. */
  readonly name: string;
  readonly pool: string;
  /** What it is recognised by: names of devices change, and names of pools are given twice. */
  readonly poolGuid: bigint;
  readonly rootFs: string;
  /** File with the key of `rootFs`, or of the pool above it, which is loaded before the backup. Null: none is loaded. */
  readonly keyFile: string | null;
}

export type ConnectConfig = TcpConnect | TlsConnect | StdinserverConnect | LocalConnect | SshConnect | DriveConnect;

/** An address or a network, and who comes from there. */
export interface TcpClient {
  readonly address: string;
  /** Null: this one address. */
  readonly prefixBits: number | null;
  /** Interface of a link-local address; empty without. */
  readonly zone: string;
  /** For a network it holds one `*`, which stands for the address of the peer. */
  readonly identity: string;
}

export interface TcpServe {
  readonly type: 'tcp';
  readonly listen: string;
  readonly listenFreebind: boolean;
  readonly clients: readonly TcpClient[];
}

export interface TlsServe extends TlsFiles {
  readonly type: 'tls';
  readonly listen: string;
  readonly listenFreebind: boolean;
  readonly clientCns: readonly string[];
  readonly handshakeTimeoutMs: number;
}

export interface StdinserverServe {
  readonly type: 'stdinserver';
  readonly clientIdentities: readonly string[];
}

export interface LocalServe {
  readonly type: 'local';
  readonly listenerName: string;
}

export type ServeConfig = TcpServe | TlsServe | StdinserverServe | LocalServe;
