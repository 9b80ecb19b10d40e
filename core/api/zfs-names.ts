/** Names of ZFS as requests carry them: what passes here passes the checks of the engine, too. */
import { z } from 'zod';

const NAME_BYTES_MAX = 255;
const PART = '[0-9A-Za-z_:][0-9A-Za-z_.: -]*';

/** The full name of a filesystem or volume, such as `tank/home`. */
export const datasetName = z
  .string()
  .max(NAME_BYTES_MAX)
  .regex(new RegExp(`^${PART}(?:/${PART})*$`));

/** One part of such a name; where several machines share a target, each has one of its own. */
export const clientIdentity = z
  .string()
  .max(NAME_BYTES_MAX)
  .regex(new RegExp(`^${PART}$`));
