/** Places that cannot be set up here yet, and what can be written by hand for them. */
import { z } from 'zod';

export const placeSchema = z.enum(['nas', 'drive', 'zrepl']);
export type Place = z.infer<typeof placeSchema>;

/** Makes a pool on a drive and a dataset in it, and says by what the job recognises it. */
export const DRIVE_LINES = `zpool create -O mountpoint=none blue /dev/disk/by-id/NAME-OF-THE-DRIVE
zfs create blue/backup
zpool get -Hp -o value guid blue`;

/** A job for that drive. */
export const DRIVE_JOB = `jobs:
  - type: push
    name: drive
    connect:
      type: drive
      pool: blue
      pool_guid: "1234567890123456789"
      root_fs: blue/backup
      client_identity: desk
      on_plug: ask
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
