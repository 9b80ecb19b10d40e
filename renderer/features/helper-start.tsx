import { useCallback, useEffect, useState } from 'react';
import type { HelperStart } from '../../core/api/shell-desk.ts';
import { visible } from '../../core/api/visible.ts';
import { useTexts } from '../app-state.ts';
import { useSession } from '../session-context.ts';
import { Button } from '../ui/button.tsx';

/** How often it is asked what became of the question for a password. */
const LOOK_MS = 2000;
/** After these it can be tried again. */
const AGAIN: readonly HelperStart['state'][] = ['refused', 'not-allowed', 'ended'];

/** Where the service is not installed: starts the daemon for this session, or says what stands in the way. */
export function HelperStartPart() {
  const { t } = useTexts();
  const session = useSession();
  const [start, setStart] = useState<HelperStart | null>(null);
  const [warned, setWarned] = useState(false);
  const look = useCallback(() => session.askShell('shell/helper', {}).then(setStart, () => setStart(null)), [session]);
  useEffect(() => void look(), [look]);
  useEffect(() => {
    if (start?.state !== 'asked') return;
    const timer = setTimeout(() => void look(), LOOK_MS);
    return () => clearTimeout(timer);
  }, [start, look]);
  if (start === null || start.state === 'nothing-to-start') return null;
  const { state, changeable, command, detail } = start;
  const possible = state === 'possible' || AGAIN.includes(state);
  const press = (): void => {
    if (changeable.length > 0 && !warned) {
      setWarned(true);
      return;
    }
    session.askShell('shell/helper/start', { despite: warned }).then(setStart, () => void look());
  };
  return (
    <section className="card" aria-live="polite">
      <p>{t(`link.start.${state}`)}</p>
      {detail === '' ? null : (
        <pre className="raw" data-raw>
          {visible(detail)}
        </pre>
      )}
      {possible && warned ? (
        <div className="warn">
          <p>{t('link.start.warning')}</p>
          <ul>
            {changeable.map((path) => (
              <li key={path}>
                <code>{visible(path)}</code>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {possible ? (
        <>
          <p className="muted">
            {t('link.start.command')} <code>{visible(command.join(' '))}</code>
          </p>
          <Button kind="main" onPress={press}>
            {t(warned ? 'link.start.despite' : 'link.start.action')}
          </Button>
        </>
      ) : null}
    </section>
  );
}
