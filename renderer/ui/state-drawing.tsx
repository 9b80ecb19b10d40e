import type { TrayState } from '../../core/api/tray-state.ts';

/** The shapes of the tray, larger: distinct without colour. Drawn on a field of 48 × 48. */
export function StateDrawing({ state, size }: { readonly state: TrayState; readonly size: number }) {
  return (
    <svg className={`state-drawing ${state}`} width={size} height={size} viewBox="0 0 48 48" aria-hidden="true">
      <Shape state={state} />
    </svg>
  );
}

function Shape({ state }: { readonly state: TrayState }) {
  switch (state) {
    case 'well':
      return (
        <>
          <circle className="field" cx="24" cy="24" r="21" />
          <path className="ink" d="M14.5 24.5 21 31l12.5-14" />
        </>
      );
    case 'running':
      return (
        <>
          <circle className="field" cx="24" cy="24" r="21" />
          <path className="ink" d="M24 34V15M15.5 23 24 14.5 32.5 23" />
        </>
      );
    case 'waiting':
      return (
        <>
          <circle className="field" cx="24" cy="24" r="21" />
          <path
            className="ink filled"
            d="M29.5 31.5A10.5 10.5 0 0 1 19 14.6a10.5 10.5 0 1 0 14.4 15.8 10.4 10.4 0 0 1-3.9 1.1Z"
          />
        </>
      );
    case 'paused':
      return (
        <>
          <circle className="field" cx="24" cy="24" r="21" />
          <path className="ink" d="M19 15.5v17M29 15.5v17" />
        </>
      );
    case 'needs-you':
      return (
        <>
          <circle className="field" cx="24" cy="24" r="21" />
          <path className="ink" d="M18.5 19a5.5 5.5 0 1 1 8.3 4.7c-2 1.2-2.8 2.3-2.8 4.3" />
          <circle className="dot" cx="24" cy="34" r="2.2" />
        </>
      );
    case 'drive-busy':
      return (
        <>
          <rect className="field" x="3" y="11" width="42" height="26" rx="4" />
          <path className="ink" d="M12 24h24" />
        </>
      );
    case 'drive-safe':
      return (
        <>
          <rect className="field" x="3" y="11" width="42" height="26" rx="4" />
          <path className="ink" d="M15.5 24.5 21.5 30.5l11-12.5" />
        </>
      );
    case 'overdue':
      return (
        <>
          <circle className="field" cx="24" cy="24" r="21" />
          <path className="ink" d="M24 13v11.5l7.5 5" />
        </>
      );
    case 'failed':
      return (
        <>
          <path className="field" d="M24 4.5 45.5 42h-43Z" strokeLinejoin="round" />
          <path className="ink" d="M24 18v11" />
          <circle className="dot" cx="24" cy="35.5" r="2.2" />
        </>
      );
    case 'at-risk':
      return (
        <>
          <path className="field" d="M15.3 3h17.4L45 15.3v17.4L32.7 45H15.3L3 32.7V15.3Z" />
          <path className="ink" d="M24 13v14" />
          <circle className="dot" cx="24" cy="34" r="2.4" />
        </>
      );
    case 'unreachable':
      return (
        <>
          <circle className="hollow" cx="24" cy="24" r="19" />
          <path className="hollow" d="M11 37 37 11" />
        </>
      );
  }
}
