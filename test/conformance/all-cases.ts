/** Every conformance case, by subject. */
import type { Case } from './case.ts';
import { BOOKMARKS } from './cases/bookmarks.ts';
import { DESTROYING } from './cases/destroying.ts';
import { ENCRYPTION } from './cases/encryption.ts';
import { FORCING } from './cases/forcing.ts';
import { HOLDS } from './cases/holds.ts';
import { LISTING } from './cases/listing.ts';
import { MAKING } from './cases/making.ts';
import { ODDITIES } from './cases/oddities.ts';
import { PROPERTIES } from './cases/properties.ts';
import { RANGES } from './cases/ranges.ts';
import { RECEIVE_PROPERTIES } from './cases/receive-properties.ts';
import { RECEIVING } from './cases/receiving.ts';
import { RESUMING } from './cases/resuming.ts';
import { SENDING } from './cases/sending.ts';

/** The oddities first: they are what a simulation gets wrong first. */
export const ALL_CASES: Readonly<Record<string, readonly Case[]>> = {
  oddities: ODDITIES,
  listing: LISTING,
  properties: PROPERTIES,
  making: MAKING,
  holds: HOLDS,
  bookmarks: BOOKMARKS,
  destroying: DESTROYING,
  sending: SENDING,
  receiving: RECEIVING,
  forcing: FORCING,
  ranges: RANGES,
  resuming: RESUMING,
  'properties of receives': RECEIVE_PROPERTIES,
  encryption: ENCRYPTION,
};
