/** What a process and the small one that starts programs for it say to each other. */

/** Where a stream of the program goes: nowhere, to a connection that begins with this word, or to a file that is opened. */
export type StreamRequest =
  | { readonly kind: 'ignore' }
  | { readonly kind: 'connect'; readonly word: string }
  | { readonly kind: 'open'; readonly path: string };

export type ToSpawner =
  | {
      readonly kind: 'start';
      readonly id: number;
      readonly argv: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly stdin: StreamRequest;
      readonly stdout: StreamRequest;
      readonly stderr: StreamRequest;
    }
  /** Ends its whole group. Not after its streams have been seen to end: the number may belong to somebody else then. */
  | { readonly kind: 'kill'; readonly id: number }
  /** It has ended with its streams, or nobody waits for it any more. */
  | { readonly kind: 'forget'; readonly id: number };

export type FromSpawner =
  | { readonly kind: 'started'; readonly id: number; readonly pid: number }
  | { readonly kind: 'refused'; readonly id: number; readonly errno: string; readonly message: string }
  | { readonly kind: 'exited'; readonly id: number; readonly code: number | null; readonly signal: string | null };
