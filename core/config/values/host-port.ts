/** Network addresses of the form `host:port`. */
import { configFault } from '../../api/config-fault.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

export interface HostPort {
  /** Empty: every interface. Without the brackets of IPv6. */
  readonly host: string;
  /** Decimal number, or the name of a service. */
  readonly port: string;
}

/** `10.0.0.23:42`, `:8888`, `[fe80::1%eth0]:8888`. The host is not looked up. */
export function parseHostPort(text: string): Parsed<HostPort> {
  const match = text.length > 300 ? null : /^(?:\[([^[\]]*)\]|([^[\]:]*)):([^[\]:]*)$/.exec(text);
  if (match === null) {
    const manyColons = text.split(':').length > 2 && !text.includes('[');
    const hint = manyColons ? configFault('address-brackets') : configFault('address-form');
    return bad(configFault('address', { text: quote(text), reason: hint }));
  }
  const host = match[1] ?? match[2] ?? '';
  const port = match[3] ?? '';
  if (/[\s/\p{Cc}]/u.test(host)) return bad(configFault('host-character', { text: quote(text) }));
  if (/^\d+$/.test(port) ? Number(port) > 65_535 : !/^[A-Za-z0-9-]+$/.test(port)) {
    return bad(configFault('port', { text: quote(text) }));
  }
  return good({ host, port });
}

/** The name or bare address of a machine, without port. Never begins with "-", so it cannot be taken for an option. */
export function parseHost(text: string): Parsed<string> {
  if (/^[A-Za-z0-9_:][A-Za-z0-9_.:%-]{0,252}$/.test(text)) return good(text);
  return bad(configFault('host', { text: quote(text) }));
}
