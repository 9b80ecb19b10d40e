import { Radio, RadioGroup } from 'react-aria-components';
import { snapshotIntervalS } from '../../../core/api/retention.ts';
import { PRESETS, type Preset } from '../../../core/api/wizard/presets.ts';
import { useTexts } from '../../app-state.ts';
import { isPreset, presetAnswers } from '../../model/setup/draft.ts';
import { changeDraft, useSetup } from '../../setup-state.ts';
import { SpanInput } from '../../ui/span-input.tsx';
import { KeepEditor } from '../keep/keep-editor.tsx';
import { KeepPicture } from '../keep/keep-picture.tsx';
import { KeepPreview, POINTS_S } from '../keep/keep-preview.tsx';
import { usePreview } from '../keep/use-preview.ts';

/** How often, and kept how long on either side. */
export function WhenStep() {
  const { t } = useTexts();
  const draft = useSetup((state) => state.draft);
  const { intervalS, keepHere, keepThere } = draft;
  const wellTimed = snapshotIntervalS.safeParse(intervalS).success;
  const current = PRESETS.find((preset) => isPreset(draft, preset));
  return (
    <>
      <RadioGroup
        className="presets"
        aria-label={t('setup.when.presets')}
        value={current?.name ?? ''}
        onChange={(name) => {
          const preset = PRESETS.find((one) => one.name === name);
          if (preset !== undefined) changeDraft(presetAnswers(preset));
        }}
      >
        {PRESETS.map((preset) => (
          <Radio className="place preset" value={preset.name} key={preset.name}>
            <span className="radio-dot" aria-hidden="true" />
            <PresetCard preset={preset} />
          </Radio>
        ))}
      </RadioGroup>
      <p className="muted" role="status">
        {current === undefined ? t('setup.when.own') : t('setup.when.likePreset')}
      </p>
      <KeepPreview
        intervalS={wellTimed ? intervalS : null}
        sides={[
          { side: 'here', keep: keepHere },
          { side: 'there', keep: keepThere },
        ]}
      />
      <section className="card">
        <h2>{t('keep.schedule')}</h2>
        <div className="keep-row">
          <span className="keep-words">{t('keep.everyWord')}</span>
          <SpanInput
            label={t('keep.interval')}
            seconds={intervalS}
            onChange={(next) => changeDraft({ intervalS: next })}
          />
        </div>
        <p className="field-hint bad" role="status">
          {wellTimed ? '' : t('keep.intervalFault')}
        </p>
      </section>
      <section className="card">
        <h2>{t('keep.title')}</h2>
        <p className="muted">{t('keep.explain')}</p>
        <KeepEditor title={t('keep.sides.here')} keep={keepHere} onChange={(keep) => changeDraft({ keepHere: keep })} />
        <KeepEditor
          title={t('keep.sides.there')}
          keep={keepThere}
          onChange={(keep) => changeDraft({ keepThere: keep })}
        />
      </section>
    </>
  );
}

function PresetCard({ preset }: { readonly preset: Preset }) {
  const { t } = useTexts();
  const lastS = POINTS_S.at(-1) ?? 0;
  const here = usePreview(preset.intervalS, preset.keepSender, POINTS_S);
  const there = usePreview(preset.intervalS, preset.keepReceiver, POINTS_S);
  const agesOf = ({ reply }: typeof here): readonly number[] =>
    reply?.points.find(({ atS }) => atS === lastS)?.snapshots.map(({ ageS }) => ageS) ?? [];
  return (
    <span className="preset-body">
      <span className="strong">{t(`setup.preset.${preset.name}`)}</span>
      <span className="sub">{t(`setup.presetText.${preset.name}`)}</span>
      <KeepPicture
        lanes={[
          { side: 'here', agesS: agesOf(here) },
          { side: 'there', agesS: agesOf(there) },
        ]}
      />
    </span>
  );
}
