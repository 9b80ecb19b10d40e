/** Decoders that several parts of the schema use. */
import { configFault } from '../../api/config-fault.ts';
import { checkPattern } from '../../endpoint/filter.ts';
import { type Decoder, mapping, object, required } from '../decode.ts';
import { bool, filled, parsed } from '../scalars.ts';
import type { FilesystemPatterns, TlsFiles } from '../types.ts';
import { parsePositiveTimeout, parseTimeoutOrNone } from '../values/duration.ts';
import { parseHostPort } from '../values/host-port.ts';
import { parseDataset, parseIdentity } from '../values/names.ts';
import { good, quote } from '../values/parsed.ts';
import { parsePath } from '../values/path.ts';
import { parseRegex } from '../values/regex.ts';

export const filesystems: Decoder<FilesystemPatterns> = mapping((pattern) => {
  const fault = checkPattern(pattern);
  return fault === null ? null : configFault('pattern', { text: quote(pattern), reason: fault });
}, bool);

export const dataset = parsed(parseDataset);
export const identity = parsed(parseIdentity);
export const regex = parsed(parseRegex);
export const path = parsed(parsePath);

/** Kept as written: whoever connects or listens takes it apart again. */
export const address: Decoder<string> = parsed((text) => {
  const result = parseHostPort(text);
  return result.ok ? good(text) : result;
});

/** Milliseconds; 0, or no value, is no timeout. */
export const timeoutOrNone = parsed(parseTimeoutOrNone, { whenNull: 0 });
export const positiveTimeout = parsed(parsePositiveTimeout);

/** The name of an in-process listener: any text. */
export const listenerName = filled;

/** PEM files, relative to the working directory of the daemon when relative. */
export const tlsFields = {
  ca: required('ca', path),
  cert: required('cert', path),
  key: required('key', path),
} as const;

export const tlsFiles: Decoder<TlsFiles> = object<TlsFiles>(tlsFields);
