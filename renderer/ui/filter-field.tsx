import { Search, X } from 'lucide-react';
import { Button, Input, SearchField } from 'react-aria-components';
import { useTexts } from '../app-state.ts';

interface FilterFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A field that narrows a list as one types. */
export function FilterField({ label, value, onChange }: FilterFieldProps) {
  const { t } = useTexts();
  return (
    <SearchField className="filter" aria-label={label} value={value} onChange={onChange} maxLength={200}>
      <Search size={14} aria-hidden="true" />
      <Input placeholder={label} />
      <Button className="button icon filter-clear" aria-label={t('app.close')}>
        <X size={14} aria-hidden="true" />
      </Button>
    </SearchField>
  );
}
