import { useTexts } from '../../app-state.ts';
import { lostInBands } from '../../model/keep-picture.ts';
import { keepOf, keepsLess, type RuleRow } from '../../model/keep-rules.ts';
import { POINTS_S } from '../keep/keep-preview.tsx';
import { usePreview } from '../keep/use-preview.ts';

interface LessKeptProps {
  readonly before: readonly RuleRow[];
  readonly after: readonly RuleRow[];
  readonly savedIntervalS: number | null;
  readonly intervalS: number | null;
}

const NOTHING = { grid: [], lastN: null };

/** Says before anything is saved that older backups will go, and about how many: by the preview of the daemon, in the long run. */
export function LessKept({ before, after, savedIntervalS, intervalS }: LessKeptProps) {
  const { t } = useTexts();
  const less = keepsLess(before, after);
  const was = usePreview(less ? savedIntervalS : null, keepOf(before) ?? NOTHING, POINTS_S);
  const willBe = usePreview(less ? intervalS : null, keepOf(after) ?? NOTHING, POINTS_S);
  if (!less) return null;
  const lost = lostInBands(was.reply?.points.at(-1), willBe.reply?.points.at(-1));
  return (
    <p className="warn less-kept" role="status">
      {t('forms.keep.shorter')} {lost === null || lost === 0 ? '' : t('forms.keep.lost', { count: lost })}
    </p>
  );
}
