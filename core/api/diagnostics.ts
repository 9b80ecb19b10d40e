/** What one can post where help is asked for, see core/monitoring/diagnostics. */
import { z } from 'zod';

export const DIAGNOSTICS_CHARS_MAX = 256 * 1024;

export const diagnosticsReply = z.object({
  /** One JSON object a line; names were replaced. */
  text: z.string().max(DIAGNOSTICS_CHARS_MAX),
});
