/** What `zfs allow DATASET` says that an account may do. Pure. */

/** Names of permissions that these identities have there; sets ("@name") are resolved where they are defined there. */
export function allowedTo(
  output: string,
  identity: { readonly user: string; readonly groups: readonly string[] },
): ReadonlySet<string> {
  const sets = new Map<string, readonly string[]>();
  const granted = new Set<string>();
  for (const line of output.split('\n')) {
    const set = /^\s+(@\S+)\s+(\S+)\s*$/.exec(line);
    if (set?.[1] !== undefined && set[2] !== undefined) sets.set(set[1], set[2].split(','));
    const found = /^\s+(?:(user|group)\s+(\S+)|(everyone))\s+(\S+)\s*$/.exec(line);
    const [, kind, who, everyone, list] = found ?? [];
    const applies =
      everyone !== undefined ||
      (kind === 'user' && who === identity.user) ||
      (kind === 'group' && who !== undefined && identity.groups.includes(who));
    if (applies && list !== undefined) for (const permission of list.split(',')) granted.add(permission);
  }
  return new Set([...granted].flatMap((one) => (one.startsWith('@') ? (sets.get(one) ?? []) : [one])));
}
