/** The configuration of the demonstration: what a person would write for a laptop and a NAS. */
import { PLAIN, RECEIVING_ROOT, VAULT } from './home.ts';

export interface DemoEndpoints {
  readonly host: string;
  readonly port: number;
  readonly hostKey: string;
  readonly identityFile: string;
}

export const JOBS = ['home', 'vault'] as const;
/** Newest snapshots that stay on each side. */
export const KEEP_SENDER = 3;
export const KEEP_RECEIVER = 4;

/** Two jobs: an encrypted dataset is sent raw, and a job that promises encryption refuses anything else. */
export function demoConfig(nas: DemoEndpoints): string {
  const job = (name: string, filesystems: string, send: string, identity: string) => `
  - name: ${name}
    type: push
    connect:
      type: ssh
      host: ${nas.host}
      port: ${nas.port}
      user: root
      identity_file: ${nas.identityFile}
      host_key: "${nas.hostKey}"
      root_fs: ${RECEIVING_ROOT}
      client_identity: ${identity}
    recv:
      placeholder: { encryption: inherit }
    filesystems: { ${filesystems} }
    snapshotting: { type: periodic, prefix: snapferry_, interval: 1d }
    send: ${send}
    pruning:
      keep_sender:
        - type: not_replicated
        - { type: last_n, count: ${KEEP_SENDER} }
      keep_receiver:
        - { type: last_n, count: ${KEEP_RECEIVER} }
`;
  return `jobs:${job('home', `"${PLAIN}<": true`, '{ compressed: true }', 'workstation')}${job('vault', `"${VAULT}": true`, '{ encrypted: true }', 'workstation-vault')}`;
}
