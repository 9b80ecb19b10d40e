import { Check } from 'lucide-react';

/** The box of a checkbox. */
export function CheckMark() {
  return (
    <span className="check-box" aria-hidden="true">
      <Check size={12} strokeWidth={3} />
    </span>
  );
}
