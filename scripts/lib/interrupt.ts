const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Whether this process was asked to end while it was watched for that. */
export interface InterruptWatch extends Disposable {
  readonly asked: () => boolean;
}

/**
 * From now until disposed of, being asked to end (SIGINT, SIGTERM) does not end this process but is only noted, so that what
 * has begun can be cleaned up and counted. Whoever watches stops as soon as it may.
 */
export function watchInterrupts(): InterruptWatch {
  let asked = false;
  const note = () => {
    asked = true;
  };
  for (const signal of SIGNALS) process.on(signal, note);
  return {
    asked: () => asked,
    [Symbol.dispose]: () => {
      for (const signal of SIGNALS) process.removeListener(signal, note);
    },
  };
}
