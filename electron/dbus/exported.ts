/** Objects that we offer on the bus: methods with their signatures, properties with their types. */
import { escapeXml } from './xml.ts';

/** A value with its type, as a variant is written. */
export type Variant = readonly [signature: string, value: unknown];

export interface Method {
  readonly in: string;
  readonly out: string;
  /** Gives the values of `out`. What it throws, or rejects with, is answered as an error without details. */
  readonly call: (args: readonly unknown[]) => readonly unknown[] | Promise<readonly unknown[]>;
}

export interface Exported {
  readonly methods: Readonly<Record<string, Method>>;
  /** As they are now. */
  readonly properties: () => Readonly<Record<string, Variant>>;
  /** The signature of what each signal says. */
  readonly signals: Readonly<Record<string, string>>;
}

/** By the name of the interface. */
export type ExportedObject = Readonly<Record<string, Exported>>;

const STANDARD = `<interface name="org.freedesktop.DBus.Properties">
<method name="Get"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="v" direction="out"/></method>
<method name="GetAll"><arg type="s" direction="in"/><arg type="a{sv}" direction="out"/></method>
</interface>
<interface name="org.freedesktop.DBus.Introspectable"><method name="Introspect"><arg type="s" direction="out"/></method></interface>
<interface name="org.freedesktop.DBus.Peer"><method name="Ping"/></interface>`;

/** What an object offers, as XML: some desktops ask before they use it. */
export function introspection(object: ExportedObject): string {
  const interfaces = Object.entries(object).map(([name, exported]) => {
    const methods = Object.entries(exported.methods).map(
      ([member, method]) =>
        `<method name="${member}">${args(method.in, ' direction="in"')}${args(method.out, ' direction="out"')}</method>`,
    );
    const signals = Object.entries(exported.signals).map(
      ([member, signature]) => `<signal name="${member}">${args(signature, '')}</signal>`,
    );
    const properties = Object.entries(exported.properties()).map(
      ([member, [signature]]) => `<property name="${member}" type="${escapeXml(signature)}" access="read"/>`,
    );
    return `<interface name="${name}">\n${[...methods, ...signals, ...properties].join('\n')}\n</interface>`;
  });
  return `<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
<node>
${[...interfaces, STANDARD].join('\n')}
</node>`;
}

function args(signature: string, direction: string): string {
  return completeTypes(signature)
    .map((type) => `<arg type="${escapeXml(type)}"${direction}/>`)
    .join('');
}

/** "sa{sv}u" is "s", "a{sv}" and "u". */
export function completeTypes(signature: string): readonly string[] {
  const types: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < signature.length; at += 1) {
    const code = signature[at];
    if (code === '(' || code === '{') depth += 1;
    if (code === ')' || code === '}') depth -= 1;
    if (depth > 0 || code === 'a') continue;
    types.push(signature.slice(from, at + 1));
    from = at + 1;
  }
  return types;
}
