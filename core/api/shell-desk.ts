/**
 * What the window may ask the shell of the desktop itself, beside what it asks the daemon through it: which notices a person wants,
 * whether it starts with the session, and which notices there were. Same form, same checks; none of it reaches the daemon.
 */
import { z } from 'zod';
import { timeMs } from './primitives.ts';

/** What notices are about. Each can be switched off by itself. */
export const noticeKindSchema = z.enum([
  'first-done',
  'run-done',
  'failed',
  'space',
  'space-soon',
  'broken',
  'question',
  'overdue',
  'waiting',
  'drive-asks',
  'drive-safe',
  'drive-pulled',
  'service',
  'update',
]);
export type NoticeKind = z.infer<typeof noticeKindSchema>;
export const NOTICE_KINDS = noticeKindSchema.options;

/** Unless a person says otherwise. */
export const NOTICES_DEFAULT: Readonly<Record<NoticeKind, boolean>> = {
  'first-done': true,
  'run-done': false,
  failed: true,
  space: true,
  'space-soon': true,
  broken: true,
  question: true,
  overdue: true,
  waiting: true,
  'drive-asks': true,
  'drive-safe': true,
  'drive-pulled': true,
  service: true,
  update: true,
};

const switches = z.record(noticeKindSchema, z.boolean());

export const shellSettingsSchema = z.object({
  notices: switches,
  /** `unknown`: this desktop's settings cannot be read. */
  startAtLogin: z.enum(['on', 'off', 'unknown']),
  /** Whether some panel shows the icon; `unknown` where there is no bus to ask. */
  tray: z.enum(['shown', 'missing', 'unknown']),
});

/** What became of something that a person could have been told. */
export const noticeFateSchema = z.enum([
  'shown',
  /** The window showed it already. */
  'seen',
  /** A person has switched notices of this kind off. */
  'switched-off',
  /** A person does not want to hear of it for a while. */
  'snoozed',
  /** It was told within the last hour, had gone, and came back. */
  'told-before',
  /** The desktop has nothing that shows notices. */
  'nobody-shows',
]);
export type NoticeFate = z.infer<typeof noticeFateSchema>;

/** Characters of each text of a notice that are kept. */
export const NOTICE_TEXT_MAX = 2000;
const text = z.string().max(NOTICE_TEXT_MAX);
export const pastNoticeSchema = z.object({
  /** Grows with every one. */
  id: z.number().int().positive(),
  atMs: timeMs,
  kind: noticeKindSchema,
  urgency: z.enum(['low', 'normal', 'critical']),
  summary: text,
  body: text,
  fate: noticeFateSchema,
});
export type PastNotice = Readonly<z.infer<typeof pastNoticeSchema>>;

const shortText = z.string().max(4096);
/** Where no service is installed, the daemon can be started for this session: what stands in the way, and what came of it. */
export const helperStartSchema = z.object({
  state: z.enum([
    /** It could be started. */
    'possible',
    /** A service of this machine does that. */
    'installed',
    /** This window asks at another socket than the usual one, or the program is not a built one: there is nothing to start. */
    'nothing-to-start',
    'no-pkexec',
    /** The desktop asks for a password, or it has been given and the daemon starts: it says so itself when it answers. */
    'asked',
    /** Whoever was asked has declined. */
    'refused',
    /** No password was taken, or nobody could be asked. */
    'not-allowed',
    /** It was started and has ended by itself; see `detail`. */
    'ended',
  ]),
  /** As it would be run, or was; empty where there is nothing to run. */
  command: z.array(shortText).max(16),
  /** What root would run and others than root could change: the password would give them the rights of root, too. */
  changeable: z.array(shortText).max(64),
  /** What was said last; may be empty. */
  detail: shortText,
});
export type HelperStart = Readonly<z.infer<typeof helperStartSchema>>;

export const NOTICES_PAGE_MAX = 200;

/** What windows may leave with the shell: a browser forgets it with the address of the window, which is another each time. */
export const keptKeySchema = z.enum(['theme', 'language', 'setup', 'further-drive']);
export type KeptKey = z.infer<typeof keptKeySchema>;
export const KEPT_TEXT_MAX = 256 * 1024;
const keptText = z.string().max(KEPT_TEXT_MAX);
export const keptSchema = z.partialRecord(keptKeySchema, keptText);
export type Kept = Readonly<z.infer<typeof keptSchema>>;

/** All requests that the shell answers itself. */
export const SHELL_REQUESTS = {
  'shell/settings': { params: z.strictObject({}), reply: shellSettingsSchema },
  /** Changes what is named, and gives all as it is then. */
  'shell/settings/set': {
    params: z.strictObject({
      notices: z.partialRecord(noticeKindSchema, z.boolean()).optional(),
      startAtLogin: z.boolean().optional(),
    }),
    reply: shellSettingsSchema,
  },
  /** What windows have left here. */
  'shell/kept': { params: z.strictObject({}), reply: keptSchema },
  /** Leaves something here; null takes it back. */
  'shell/keep': { params: z.strictObject({ key: keptKeySchema, text: keptText.nullable() }), reply: z.object({}) },
  /** Whether the daemon can be started from here, where it does not answer. */
  'shell/helper': { params: z.strictObject({}), reply: helperStartSchema },
  /** Asks the desktop for the password of an administrator, and goes on meanwhile. `despite`: what is changeable was shown. */
  'shell/helper/start': { params: z.strictObject({ despite: z.boolean() }), reply: helperStartSchema },
  /** The newest before `beforeId`, or of all; newest first. */
  'shell/notices': {
    params: z.strictObject({
      beforeId: z.number().int().positive().nullable(),
      limit: z.number().int().min(1).max(NOTICES_PAGE_MAX),
    }),
    reply: z.object({ notices: z.array(pastNoticeSchema).max(NOTICES_PAGE_MAX), more: z.boolean() }),
  },
} as const;

export type ShellMethod = keyof typeof SHELL_REQUESTS;
export type ShellParams<M extends ShellMethod> = z.infer<(typeof SHELL_REQUESTS)[M]['params']>;
export type ShellReply<M extends ShellMethod> = z.infer<(typeof SHELL_REQUESTS)[M]['reply']>;
export type ShellSettings = ShellReply<'shell/settings'>;
export type ShellChange = ShellParams<'shell/settings/set'>;

export function isShellMethod(method: string): method is ShellMethod {
  return Object.hasOwn(SHELL_REQUESTS, method);
}
