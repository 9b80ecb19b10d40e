/** Parts of a configuration as texts that are equal where they say the same. Pure. */

/** The value as a text: what JSON does not know, maps and large numbers, included. */
export function comparable(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      inner instanceof Map ? [...inner] : typeof inner === 'bigint' ? String(inner) : inner,
    ) ?? ''
  );
}
