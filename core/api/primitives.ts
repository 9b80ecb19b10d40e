/** The small schemas that all parts of the contract are made of. Every string and list has its bound. */
import { z } from 'zod';

const NAME_CHARS_MAX = 512;

/** Of a dataset, snapshot, host or destination. */
export const name = z.string().max(NAME_CHARS_MAX);
/** Of a configured job. */
export const jobName = z.string().min(1).max(255);
/** Unix milliseconds. */
export const timeMs = z.number().int().nonnegative();
export const count = z.number().int().nonnegative();
export const bytes = z.number().nonnegative();
/** An unsigned 64-bit number, as decimal digits. */
export const guid = z.string().regex(/^\d{1,20}$/);

export const guaranteeSchema = z.enum(['guarantee_resumability', 'guarantee_incremental', 'guarantee_nothing']);
export type Guarantee = z.infer<typeof guaranteeSchema>;
