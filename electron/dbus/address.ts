/** Where the bus of the person's session listens, from its address. See "Server Addresses" in the D-Bus specification. Pure. */

/** The paths of Unix sockets in an address, in their order; abstract ones begin with a zero byte. Other transports are left out. */
export function unixSockets(address: string): readonly string[] {
  return address.split(';').flatMap((one) => {
    const match = /^unix:(?<pairs>.*)$/.exec(one.trim());
    if (match === null) return [];
    const pairs = new Map((match.groups?.pairs ?? '').split(',').map(keyAndValue));
    const path = pairs.get('path');
    const abstract = pairs.get('abstract');
    if (path !== undefined && path !== '') return [path];
    return abstract === undefined || abstract === '' ? [] : [`\0${abstract}`];
  });
}

/** What a desktop sets, or else where systemd puts the bus of a user. */
export function sessionBusAddress(env: Readonly<Record<string, string | undefined>>): string | null {
  const said = env.DBUS_SESSION_BUS_ADDRESS ?? '';
  if (said !== '') return said;
  const runtime = env.XDG_RUNTIME_DIR ?? '';
  return runtime === '' ? null : `unix:path=${runtime}/bus`;
}

/** Where the bus of the system is, see the D-Bus specification. */
export function systemBusAddress(env: Readonly<Record<string, string | undefined>>): string {
  const said = env.DBUS_SYSTEM_BUS_ADDRESS ?? '';
  return said === '' ? 'unix:path=/run/dbus/system_bus_socket' : said;
}

function keyAndValue(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), unescaped(pair.slice(at + 1))];
}

/** Bytes outside a small alphabet are written as %xx. */
function unescaped(value: string): string {
  return value.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
