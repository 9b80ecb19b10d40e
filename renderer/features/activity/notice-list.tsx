import { Bell, BellOff } from 'lucide-react';
import type { PastNotice } from '../../../core/api/shell-desk.ts';
import { useDaemonNowMs, useTexts } from '../../app-state.ts';
import { Button } from '../../ui/button.tsx';
import { Name } from '../../ui/name.tsx';
import { problemSentences } from '../../ui/problem-text.ts';
import { useNotices } from './use-notices.ts';

/** Every notice that there was, and what was not said and why, newest first. */
export function NoticeList() {
  const { t, language } = useTexts();
  const { entries: notices, more, loading, problem, loadOlder } = useNotices();
  if (loading) return <p className="empty">{t('activity.loading')}</p>;
  return (
    <>
      {problem === null ? null : (
        <p className="bad">{problemSentences(problem.code, problem.facts, language).happened}</p>
      )}
      {notices.length === 0 && problem === null ? <p className="empty">{t('desk.noNotices')}</p> : null}
      <div className="list-scroll history" hidden={notices.length === 0}>
        <ul className="list" aria-label={t('activity.notices')}>
          {notices.map((notice) => (
            <li key={notice.id} className="history-row">
              <NoticeRow notice={notice} />
            </li>
          ))}
        </ul>
      </div>
      {more ? (
        <p>
          <Button onPress={loadOlder}>{t('activity.more')}</Button>
        </p>
      ) : null}
    </>
  );
}

/** Its words were made by the shell when it happened, in the language of the desktop. */
function NoticeRow({ notice }: { readonly notice: PastNotice }) {
  const { t, format } = useTexts();
  const nowMs = useDaemonNowMs(10_000);
  const Icon = notice.fate === 'shown' ? Bell : BellOff;
  const tone = notice.urgency === 'critical' ? 'bad' : 'quiet';
  return (
    <div className="notice-line">
      <Icon className={`mark tone-${tone}`} size={16} aria-hidden="true" />
      <span className="history-when fig" title={format.exact(notice.atMs)}>
        {format.moment(notice.atMs, nowMs)}
      </span>
      <span className="notice-fate muted">{t(`desk.fates.${notice.fate}`)}</span>
      <span className="notice-said" data-raw>
        <Name text={notice.summary} className="prose" />
        {notice.body
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => (
            <Name text={line} className="prose muted" key={line} />
          ))}
      </span>
    </div>
  );
}
