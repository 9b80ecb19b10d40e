/** Takes over from the shell what earlier windows have left there, and leaves there what this one remembers. */
import { applyTheme } from './app-state.ts';
import { applyFurther } from './further-state.ts';
import type { Session } from './session/session.ts';
import { applySetup } from './setup-state.ts';
import { onStore, takeKept, takeUnsaid } from './stored.ts';

/** What changes with every key that is pressed is left once in so long. */
const LEAVE_AFTER_MS = 500;

/** Runs until stopped. What the shell does not take is remembered by this window alone. */
export function followKept(session: Session): () => void {
  let taken = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const leave = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (session.view.link.kind !== 'live') return;
    for (const [key, text] of takeUnsaid()) session.request('shell/keep', { key, text }).catch(() => undefined);
  };
  const leaveSoon = (): void => {
    timer ??= setTimeout(leave, LEAVE_AFTER_MS);
  };
  const stopListening = session.listen(({ link }) => {
    if (link.kind !== 'live') return;
    leaveSoon();
    if (taken) return;
    taken = true;
    session.request('shell/kept', {}).then(
      (kept) => {
        const news = takeKept(kept);
        applyTheme(news);
        applySetup(news);
        applyFurther(news);
      },
      () => undefined,
    );
  });
  const stopStoring = onStore(leaveSoon);
  return () => {
    stopListening();
    stopStoring();
    clearTimeout(timer);
  };
}
