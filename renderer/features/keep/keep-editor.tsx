import { Plus, Trash2 } from 'lucide-react';
import { useId } from 'react';
import { Checkbox } from 'react-aria-components';
import { type GridInterval, gridText, type Keep } from '../../../core/api/keep.ts';
import { useTexts } from '../../app-state.ts';
import { canAddRow, keepFault, numberedRows, withChangedRow, withoutRow, withRow } from '../../model/keep-form.ts';
import { Button } from '../../ui/button.tsx';
import { CheckMark } from '../../ui/check-mark.tsx';
import { Name } from '../../ui/name.tsx';
import { NumberInput } from '../../ui/number-input.tsx';
import { SpanInput } from '../../ui/span-input.tsx';

const COUNT_MAX = 9999;
const LAST_DEFAULT = 10;

interface KeepEditorProps {
  readonly title: string;
  readonly keep: Keep;
  readonly onChange: (keep: Keep) => void;
  readonly isDisabled?: boolean;
  /** Others keep something, too: here may be nothing. */
  readonly mayBeEmpty?: boolean;
}

/** How long snapshots are kept: one line for each interval of the grid, the youngest first. */
export function KeepEditor({ title, keep, onChange, isDisabled = false, mayBeEmpty = false }: KeepEditorProps) {
  const { t } = useTexts();
  const titleId = useId();
  const found = keepFault(keep);
  const fault = found === 'nothing' && mayBeEmpty ? null : found;
  return (
    <fieldset className="keep-editor" aria-labelledby={titleId} disabled={isDisabled}>
      <h3 id={titleId}>{title}</h3>
      <ol className="keep-rows">
        {numberedRows(keep).map(({ number, row }) => (
          <Row
            key={number}
            row={row}
            number={number}
            onChange={(change) => onChange(withChangedRow(keep, number - 1, change))}
            onRemove={() => onChange(withoutRow(keep, number - 1))}
          />
        ))}
      </ol>
      <div className="keep-more">
        <Button onPress={() => onChange(withRow(keep))} isDisabled={!canAddRow(keep)}>
          <Plus size={14} aria-hidden="true" />
          {t('keep.add')}
        </Button>
        <Checkbox
          className="check"
          isSelected={keep.lastN !== null}
          onChange={(on) => onChange({ ...keep, lastN: on ? LAST_DEFAULT : null })}
        >
          <CheckMark />
          {t('keep.lastN')}
        </Checkbox>
        {keep.lastN === null ? null : (
          <NumberInput
            bare
            label={t('keep.lastNCount')}
            value={keep.lastN}
            least={1}
            most={COUNT_MAX}
            onChange={(lastN) => onChange({ ...keep, lastN })}
          />
        )}
      </div>
      <p className="field-hint" role="status">
        {fault === null ? null : <span className="bad">{t(`keep.fault.${fault}`)}</span>}
        {fault === null && keep.grid.length > 0 ? <Name text={gridText(keep.grid)} className="path" /> : null}
      </p>
    </fieldset>
  );
}

interface RowProps {
  readonly row: GridInterval;
  readonly number: number;
  readonly onChange: (change: Partial<GridInterval>) => void;
  readonly onRemove: () => void;
}

function Row({ row, number, onChange, onRemove }: RowProps) {
  const { t } = useTexts();
  return (
    <li className="keep-row">
      <span className="keep-words">{t('keep.keep')}</span>
      <Checkbox
        className="check"
        isSelected={row.keep === 'all'}
        onChange={(all) => onChange({ keep: all ? 'all' : 1 })}
        aria-label={t('keep.allOf', { number })}
      >
        <CheckMark />
        {t('keep.all')}
      </Checkbox>
      {row.keep === 'all' ? null : (
        <NumberInput
          bare
          label={t('keep.keepCount', { number })}
          value={row.keep}
          least={1}
          most={COUNT_MAX}
          onChange={(keep) => onChange({ keep })}
        />
      )}
      <span className="keep-words">{t('keep.ofEvery')}</span>
      <SpanInput
        label={t('keep.every', { number })}
        seconds={row.lengthS}
        onChange={(lengthS) => onChange({ lengthS })}
      />
      <span className="keep-words">{t('keep.for')}</span>
      <NumberInput
        bare
        label={t('keep.times', { number })}
        value={row.count}
        least={1}
        most={COUNT_MAX}
        onChange={(count) => onChange({ count })}
      />
      <span className="keep-words">{t('keep.inARow')}</span>
      <Button kind="icon" label={t('keep.remove', { number })} onPress={onRemove}>
        <Trash2 size={14} aria-hidden="true" />
      </Button>
    </li>
  );
}
