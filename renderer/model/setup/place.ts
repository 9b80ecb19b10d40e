/** The kinds of places that copies go to. */
import { z } from 'zod';

export const placeSchema = z.enum(['nas', 'drive', 'zrepl']);
