/** Places that cannot be set up here yet, and what can be written by hand for them. */
import { z } from 'zod';

export const placeSchema = z.enum(['nas', 'drive', 'zrepl']);
export type Place = z.infer<typeof placeSchema>;

/** Two jobs for a pool on a drive: one receives into it, one sends. */
export const DRIVE_JOBS = `jobs:
  - type: sink
    name: drive
    root_fs: drive/backup
    serve:
      type: local
      listener_name: drive
    recv:
      properties:
        override:
          canmount: "off"
      placeholder:
        encryption: inherit

  - type: push
    name: to-drive
    connect:
      type: local
      listener_name: drive
      client_identity: desk
    filesystems:
      "rpool/home<": true
    snapshotting:
      type: periodic
      interval: 1h
      prefix: drive_
    snapshots:
      include: ["^drive_"]
    pruning:
      keep_sender:
        - type: not_replicated
        - type: last_n
          count: 24
          regex: "^drive_"
        - type: regex
          negate: true
          regex: "^drive_"
      keep_receiver:
        - type: grid
          grid: 24x1h | 30x1d | 12x30d
          regex: "^drive_"
        - type: regex
          negate: true
          regex: "^drive_"`;
