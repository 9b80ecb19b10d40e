/** Ranges of createtxg as a person writes them: "[2,5)", "(3,~", "~,7]". "~" is open. Pure. */
import { ProblemError } from '../api/problem.ts';

const TXG_MAX = 2n ** 64n - 1n;
const FORM = /^(?:(~)|([[(])(\d{1,20})),(?:(~)|(\d{1,20})([\])]))$/;

export interface TxgRange {
  contains(createtxg: bigint): boolean;
}

export interface TxgRangeOptions {
  /** No txg is 0; a bound of 0 is most likely a mistake and needs this to be accepted. */
  readonly allowZero?: boolean;
}

/** Throws `request-invalid` for what is no range or an empty one. Equal bounds are refused like any other empty range. */
export function parseTxgRange(text: string, options: TxgRangeOptions = {}): TxgRange {
  const refuse = (reason: string) => new ProblemError('request-invalid', { reason: `range ${text}: ${reason}` });
  const match = FORM.exec(text);
  if (match === null) throw refuse('it has no form like "[2,5)" or "(3,~"');
  const [, openBelow, opening, low, openAbove, high, closing] = match;
  const bound = (digits: string) => {
    const value = BigInt(digits);
    if (value > TXG_MAX) throw refuse('a bound is larger than 64 bits');
    if (value === 0n && options.allowZero !== true) throw refuse('a bound is 0');
    return value;
  };
  let since = 0n;
  if (openBelow === undefined) {
    const value = bound(low ?? '');
    if (opening === '(' && value === TXG_MAX) throw refuse('nothing is larger');
    since = opening === '(' ? value + 1n : value;
  }
  let until = TXG_MAX;
  if (openAbove === undefined) {
    const value = bound(high ?? '');
    if (closing === ')' && value === 0n) throw refuse('nothing is smaller');
    until = closing === ')' ? value - 1n : value;
  }
  // A range of one txg is legal only where one side is open: "[5,5]" is more likely a slip than a wish.
  if (openBelow === undefined && openAbove === undefined && since >= until) throw refuse('it is empty or a single txg');
  return { contains: (createtxg) => createtxg >= since && createtxg <= until };
}
