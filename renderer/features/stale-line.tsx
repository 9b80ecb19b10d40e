import { Unplug } from 'lucide-react';
import { useApp, useTexts, wallMs } from '../app-state.ts';
import { useActions } from '../session-context.ts';
import { Button } from '../ui/button.tsx';

/** Over every page that still shows what was known before the connection was lost. It lies over the page: nothing moves. */
export function StaleLine() {
  const { t, format } = useTexts();
  const link = useApp(({ view }) => view.link);
  const known = useApp(({ view }) => view.heard !== null);
  const nowMs = useApp((state) => state.nowMs);
  const actions = useActions();
  if (link.kind !== 'lost' || !known) return null;
  return (
    <div className="stale-line" role="alert">
      <Unplug size={16} aria-hidden="true" />
      <span>
        {t(link.problem.code === 'daemon-mismatch' ? 'link.mismatch' : 'link.lostAsOf', {
          since: format.moment(wallMs(link.sinceMs, nowMs), Date.now()),
        })}
      </span>
      <Button kind="quiet" onPress={actions.retryConnection}>
        {t('link.retry')}
      </Button>
    </div>
  );
}
