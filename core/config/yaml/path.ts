/** How a place in the configuration is said: `jobs[2] "laptop".send.encrypted`, `filesystems["tank/home<"]`. */
import { quote } from '../values/parsed.ts';

export function keyPath(parent: string, key: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(key) || key.length > 60) return `${parent}[${quote(key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}

/** Items count from 0; one that has a name is said with it. */
export function itemPath(parent: string, index: number, name: string | undefined): string {
  return name === undefined ? `${parent}[${index}]` : `${parent}[${index}] ${quote(name)}`;
}
