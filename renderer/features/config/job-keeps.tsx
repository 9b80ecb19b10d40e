import type { JobKeep, KeepSide, Schedule } from '../../../core/api/config-forms.ts';
import type { Keep } from '../../../core/api/keep.ts';
import { PRESETS } from '../../../core/api/wizard/presets.ts';
import { useTexts } from '../../app-state.ts';
import { draftedRules, draftRules } from '../../model/config-draft.ts';
import { keepFault } from '../../model/keep-form.ts';
import { keepOf, type RuleRow, rowsOf, withKeep } from '../../model/keep-rules.ts';
import { secondsBetween } from '../../model/schedule-form.ts';
import { Choice } from '../../ui/choice.tsx';
import { Name } from '../../ui/name.tsx';
import { KeepEditor } from '../keep/keep-editor.tsx';
import { KeepPreview } from '../keep/keep-preview.tsx';
import type { JobFormProps } from './job-form-props.ts';
import { LessKept } from './less-kept.tsx';
import { OtherRules } from './other-rules.tsx';

interface JobKeepsProps extends JobFormProps {
  readonly schedule: Schedule | null;
}

interface Side {
  readonly keep: JobKeep;
  readonly rows: readonly RuleRow[];
  /** Null where only the file can change it. */
  readonly timed: Keep | null;
}

/** How long snapshots are kept on each side: one of three to begin with, then line by line. */
export function JobKeeps({ job, draft, onDraft, preview, schedule }: JobKeepsProps) {
  const { t } = useTexts();
  const told = preview?.jobs.find(({ name }) => name === job.name);
  const sides = job.keeps.map((keep): Side => {
    const rows = draftedRules(job, keep, draft);
    return { keep, rows, timed: keep.editable ? keepOf(rows) : null };
  });
  const open = sides.filter(({ timed }) => timed !== null);
  const intervalS = secondsBetween(schedule, told?.schedule ?? job.schedule);
  const savedIntervalS = secondsBetween(job.schedule?.schedule ?? null, job.schedule);
  const prefix = schedule === null || schedule.kind === 'manual' ? null : schedule.prefix;
  const change = (changed: readonly (readonly [Side, Keep])[]): void =>
    onDraft(
      draftRules(
        draft,
        job.name,
        Object.fromEntries(changed.map(([{ keep, rows }, timed]) => [keep.side, withKeep(rows, timed, keep, prefix)])),
      ),
    );
  const preset = PRESETS.find((one) => open.every(({ keep, timed }) => isSame(timed, presetKeep(one, keep.side))));
  return (
    <section className="keeps">
      <h3>{t('keep.title')}</h3>
      {open.length === 0 ? null : (
        <>
          <Choice
            label={t('forms.keep.presets')}
            value={preset?.name ?? 'own'}
            options={[
              ...PRESETS.map(({ name }) => ({ value: name, text: t(`setup.preset.${name}`) })),
              ...(preset === undefined ? [{ value: 'own', text: t('forms.keep.own') }] : []),
            ]}
            onChange={(value) => {
              const chosen = PRESETS.find(({ name }) => name === value);
              if (chosen !== undefined) change(open.map((side) => [side, presetKeep(chosen, side.keep.side)]));
            }}
          />
          <KeepPreview
            intervalS={intervalS}
            sides={open.flatMap(({ keep, timed }) =>
              timed === null || keepFault(timed) !== null ? [] : [{ side: laneOf(keep.side), keep: timed }],
            )}
          />
        </>
      )}
      {sides.map((side) => {
        const { keep, rows, timed } = side;
        const title = keep.side === 'local' ? t('forms.keep.local') : t(`keep.sides.${laneOf(keep.side)}`);
        const setRows = (next: readonly RuleRow[]): void => onDraft(draftRules(draft, job.name, { [keep.side]: next }));
        if (timed === null) {
          return (
            <div className="keep-side" key={keep.side}>
              <h3>{title}</h3>
              <p className="muted">{t('forms.inFile')}</p>
            </div>
          );
        }
        return (
          <div className="keep-side" key={keep.side}>
            <KeepEditor
              title={title}
              keep={timed}
              onChange={(next) => change([[side, next]])}
              mayBeEmpty={rows.some(({ rule }) => rule?.type === 'regex' || rule?.type === 'not_replicated')}
            />
            <About rows={rows} />
            <OtherRules job={job.name} keep={keep} rows={rows} problems={preview?.problems ?? []} onRows={setRows} />
            <NotOwn keep={told?.keeps.find((one) => one.side === keep.side)} />
            <LessKept
              before={rowsOf(keep)}
              after={rows}
              savedIntervalS={savedIntervalS ?? intervalS}
              intervalS={intervalS ?? savedIntervalS}
            />
          </div>
        );
      })}
    </section>
  );
}

/** Which names the timed rules are about. */
function About({ rows }: { readonly rows: readonly RuleRow[] }) {
  const { t } = useTexts();
  const texts = rows.flatMap(({ rule }) => (rule?.type === 'grid' || rule?.type === 'last_n' ? [rule.regex] : []));
  const regexes = [...new Set(texts)].filter((regex) => regex !== '' && regex !== '.*');
  if (regexes.length === 0) return null;
  return (
    <p className="field-hint">
      {t('forms.keep.about')} <Name text={regexes.join(', ')} className="path" />
    </p>
  );
}

/** What the daemon found of the rules as they would be. */
function NotOwn({ keep }: { readonly keep: JobKeep | undefined }) {
  const { t } = useTexts();
  const rules = (keep?.rules ?? []).filter(({ rule }) => rule?.type !== 'not_replicated');
  const timed = rules.filter(({ rule }) => rule === null || rule.type === 'grid' || rule.type === 'last_n');
  if (timed.length === 0 || timed.some(({ own }) => own)) return null;
  const kept = rules.some(({ own }) => own);
  return (
    <p className={kept ? 'warn' : 'bad'} role="status">
      {t(kept ? 'forms.keep.notOwn' : 'forms.keep.nothingOwn')}
    </p>
  );
}

function laneOf(side: KeepSide): 'here' | 'there' {
  return side === 'receiver' ? 'there' : 'here';
}

function presetKeep(preset: (typeof PRESETS)[number], side: KeepSide): Keep {
  return side === 'receiver' ? preset.keepReceiver : preset.keepSender;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
