/**
 * The log of the daemon: one JSON object a line, so that no name or program output can forge a line of its own. Kept small
 * on purpose; outlets other than one stream belong to whoever collects the lines (journald, a container).
 */
import { pino } from 'pino';
import { asProblemError } from '../api/problem.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** The same log with these fields on every line. */
  child(fields: LogFields): Log;
}

/** Where lines go; standard output has this form. */
export interface LogSink {
  write(line: string): void;
}

/** Lines at or above `level`, each with time, level, message and fields. A field `err` is written as a problem. */
export function createLog(sink: LogSink, level: LogLevel): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (thrown: unknown) => asProblemError(thrown).toProblem() },
    },
    sink,
  );
}

/** A log that says nothing. */
export const SILENT_LOG: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => SILENT_LOG,
};
