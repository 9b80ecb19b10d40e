import type { en } from './en.ts';

type Leaves<T> = { readonly [K in keyof T]: T[K] extends string ? string : Leaves<T[K]> };

/** What every language has to say. */
export type Texts = Leaves<typeof en>;

type Paths<T> = {
  [K in keyof T & string]: T[K] extends string ? Bare<K> : `${K}.${Paths<T[K]>}`;
}[keyof T & string];

/** Forms of a plural are one text. */
type Bare<K extends string> = K extends `${infer Stem}_${'zero' | 'one' | 'other'}` ? Stem : K;

/** Names one text: "needs.title". */
export type TextKey = Paths<typeof en>;
