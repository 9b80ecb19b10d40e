import { X } from 'lucide-react';
import { unsay, useApp, useTexts } from '../app-state.ts';
import { Button } from '../ui/button.tsx';
import { problemSentences } from '../ui/problem-text.ts';

/** What the daemon answered to what one did. It covers nothing that moves, and stays until it is dismissed. */
export function Notices() {
  const { t, language } = useTexts();
  const notices = useApp((state) => state.notices);
  return (
    <div className="notices" role="log" aria-live="polite" aria-relevant="additions">
      {notices.map(({ id, text, problem }) => {
        const said = problem === null ? null : problemSentences(problem.code, problem.facts, language);
        return (
          <div className={`notice ${said === null ? '' : 'bad'}`} key={id}>
            <div>
              <p className="strong">{text}</p>
              {said === null ? null : (
                <p>
                  {said.happened} {said.remedy}
                </p>
              )}
            </div>
            <Button kind="icon" label={t('trouble.dismiss')} onPress={() => unsay(id)}>
              <X size={16} aria-hidden="true" />
            </Button>
          </div>
        );
      })}
    </div>
  );
}
