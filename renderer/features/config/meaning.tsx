import type { ConfigComplaint } from '../../../core/api/config.ts';
import { saidIn } from '../../../core/api/messages/said.ts';
import { useTexts } from '../../app-state.ts';
import { sentenceLanguage } from '../../i18n/language.ts';
import { Name } from '../../ui/name.tsx';
import type { ConfigPreview } from './use-config.ts';

interface MeaningProps {
  readonly problems: readonly ConfigComplaint[];
  /** Null while nothing was changed. */
  readonly preview: ConfigPreview | null;
}

/** What a change would do to each job, what is wrong with it, and where. */
export function Meaning({ problems, preview }: MeaningProps) {
  const { t, language } = useTexts();
  return (
    <div className="meaning" aria-live="polite">
      {preview === null || preview.effects.length === 0 ? null : (
        <ul className="plain">
          {preview.effects.map(({ job, kind }) => (
            <li key={`${job} ${kind}`} className={kind === 'removed' || kind === 'pruning-changed' ? 'warn' : ''}>
              <Name text={job} className="strong" /> {t(`config.effect.${kind}`)}
            </li>
          ))}
        </ul>
      )}
      {preview === null || preview.refused.length === 0 ? null : (
        <p className="bad">
          {t('config.refused')} <Name text={preview.refused.join(', ')} />
        </p>
      )}
      {problems.length === 0 ? null : (
        <ul className="plain complaints">
          {problems.map((complaint) => (
            <li key={`${complaint.file} ${complaint.line} ${complaint.column} ${complaint.message}`}>
              <span className={complaint.severity === 'error' ? 'bad' : 'warn'}>
                {t('config.place', { line: complaint.line, column: complaint.column })}
              </span>{' '}
              <Name text={complaint.path} className="path" />{' '}
              <span data-raw>
                {saidIn(sentenceLanguage(language), complaint.message)}
                {complaint.hint === null ? '' : ` (${saidIn(sentenceLanguage(language), complaint.hint)})`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
