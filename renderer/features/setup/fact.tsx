import type { ReactNode } from 'react';

/** A line of a list of facts. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="fig">{children}</dd>
    </>
  );
}
