/** The policy of the page forbids making code of text. zod would try; it has to be told before the first schema is made. */
import { config } from 'zod';

config({ jitless: true });
