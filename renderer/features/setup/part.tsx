import { type ReactNode, useId } from 'react';

interface PartProps {
  readonly title: string;
  /** What has to be done before. */
  readonly closedText?: string;
  readonly open: boolean;
  readonly children: ReactNode;
}

/** A part of a step. One that cannot be filled in yet says why, in its place: nothing appears out of nowhere. */
export function Part({ title, closedText, open, children }: PartProps) {
  const titleId = useId();
  return (
    <li className="part card" data-closed={!open || undefined} aria-labelledby={titleId}>
      <h2 id={titleId}>{title}</h2>
      {open ? children : <p className="muted">{closedText}</p>}
    </li>
  );
}
