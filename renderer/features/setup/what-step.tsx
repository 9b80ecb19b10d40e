import { Checkbox, Label, Radio, RadioGroup } from 'react-aria-components';
import { useTexts } from '../../app-state.ts';
import { changeDraft, useChosen, useSetup } from '../../setup-state.ts';
import { Button } from '../../ui/button.tsx';
import { CheckMark } from '../../ui/check-mark.tsx';
import { DatasetTree } from './dataset-tree.tsx';

const WAYS = ['raw', 'plain'] as const;

/** Which datasets. */
export function WhatStep() {
  const { t, format } = useTexts();
  const found = useSetup((state) => state.found);
  const newChildren = useSetup(({ draft }) => draft.newChildren);
  const encryptedAs = useSetup(({ draft }) => draft.encryptedAs);
  const { roots, ticked, reasons, total } = useChosen();
  if (found === null) return <p className="empty">{t('setup.look.looking')}</p>;
  const choose = (names: Iterable<string>): void => changeDraft({ chosen: [...names].toSorted() });
  return (
    <>
      <div className="setup-tools">
        <Button onPress={() => changeDraft({ chosen: null })}>{t('setup.what.suggested')}</Button>
        <Button onPress={() => choose(found.datasets.map(({ name }) => name))}>{t('setup.what.all')}</Button>
        <Button onPress={() => choose([])}>{t('setup.what.none')}</Button>
        <span className="muted tree-size">{t('setup.what.size')}</span>
      </div>
      <DatasetTree roots={roots} chosen={ticked} reasons={reasons} onChange={choose} />
      <p className="tree-total fig" role="status">
        <strong>
          {t(total.atLeast ? 'setup.what.totalAtLeast' : 'setup.what.total', {
            count: total.datasets,
            bytes: format.bytes(total.bytes),
          })}
        </strong>
      </p>
      <Checkbox className="check tall" isSelected={newChildren} onChange={(next) => changeDraft({ newChildren: next })}>
        <CheckMark />
        <span>
          {t('setup.what.newChildren')}
          <span className="sub">{t('setup.what.newChildrenText')}</span>
        </span>
      </Checkbox>
      {total.encrypted === 0 ? null : (
        <RadioGroup
          className="ways"
          value={encryptedAs}
          onChange={(way) => changeDraft({ encryptedAs: WAYS.find((one) => one === way) ?? 'raw' })}
        >
          <Label className="strong">{t('setup.what.encryptedTotal', { count: total.encrypted })}</Label>
          {WAYS.map((way) => (
            <Radio className="radio tall" value={way} key={way}>
              <span className="radio-dot" aria-hidden="true" />
              <span>
                {t(`setup.what.as.${way}`)}
                <span className="sub">{t(`setup.what.asText.${way}`)}</span>
              </span>
            </Radio>
          ))}
        </RadioGroup>
      )}
    </>
  );
}
