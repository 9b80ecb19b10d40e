/** What the command line needs of the process it runs in, so that tests can be the terminal. */
import type { Clock } from '../api/clock.ts';

export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

export interface Output {
  write(text: string): void;
  /** Null where the output is not a terminal. */
  size(): TerminalSize | null;
}

export interface CliIo {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Of whoever runs this process. */
  readonly uid: number;
  /** Whether a person can answer a question: input and output are a terminal. */
  readonly canAsk: boolean;
  /** Aborted by SIGINT, SIGTERM or SIGHUP. */
  readonly interrupted: AbortSignal;
  /** Calls the listener when the terminal has another size. Returns how to stop that. */
  onResize(listener: () => void): () => void;
  /** Calls the listener for every key, which the terminal then does not echo. Returns how to stop that. */
  onKey(listener: (key: string) => void): () => void;
  /**
   * A line that is typed without being shown, after the question; where the input is no terminal, its first line. Null where there
   * is none, or where it was broken off.
   */
  readSecret(question: string): Promise<string | null>;
}

/** Width of lines that go to a file or a pipe. */
const WIDTH_WITHOUT_TERMINAL = 100;

/** Whether an output may be coloured: see no-color.org. */
export function wantsColour(io: CliIo, output: Output): boolean {
  return output.size() !== null && (io.env.NO_COLOR ?? '') === '' && io.env.TERM !== 'dumb';
}

/** Whether the output can be drawn on again and again. */
export function canDraw(io: CliIo): boolean {
  return io.stdout.size() !== null && io.env.TERM !== 'dumb';
}

export function widthOf(output: Output): number {
  return output.size()?.width ?? WIDTH_WITHOUT_TERMINAL;
}

export function printLines(output: Output, lines: readonly string[]): void {
  output.write(lines.map((line) => `${line}\n`).join(''));
}

export function printJson(output: Output, value: unknown): void {
  output.write(`${JSON.stringify(value, null, 2)}\n`);
}
