import { canScrub, drivesOf } from '../../../core/api/drive-status.ts';
import type { DaemonStatus } from '../../../core/api/status.ts';
import { visible } from '../../../core/api/visible.ts';
import { type Actions, canStart, PAUSE_CHOICES } from '../../actions.ts';
import { goTo, setLanguage, setTheme, THEMES } from '../../app-state.ts';
import { OFFERED_LANGUAGES } from '../../i18n/language.ts';
import type { Translator } from '../../i18n/translator.ts';
import { jobsWithDrives } from '../../model/further-drive.ts';
import { isAtWork } from '../../model/progress.ts';

export interface Command {
  readonly id: string;
  readonly text: string;
  readonly run: () => void;
}

const PAGES = ['overview', 'drives', 'activity', 'settings'] as const;

/** What can be done now. What could not be done, because nobody would hear it, is not offered. */
export function commandsOf(
  status: DaemonStatus | null,
  live: boolean,
  actions: Actions,
  { t }: Translator,
): readonly Command[] {
  const jobs = status?.jobs ?? [];
  const startable = live ? jobs.filter(canStart) : [];
  const atWork = live ? jobs.filter(isAtWork) : [];
  const drives = status === null ? [] : drivesOf(status).map(({ drive }) => drive);
  const pages = PAGES.filter((page) => page !== 'drives' || drives.length > 0);
  const command = (id: string, text: string, run: () => void): Command => ({ id, text, run });
  return [
    ...(startable.length > 1
      ? [
          command('back-up-all', t('palette.backUpAll'), () => {
            for (const { name } of startable) void actions.backUp(name);
          }),
        ]
      : []),
    ...startable.map(({ name }) =>
      command(`back-up ${name}`, t('palette.backUp', { job: visible(name) }), () => void actions.backUp(name)),
    ),
    ...atWork.flatMap(({ name }) => [
      command(
        `stop-step ${name}`,
        t('palette.stopAfterStep', { job: visible(name) }),
        () => void actions.stop(name, 'after-step'),
      ),
      command(`stop ${name}`, t('palette.stop', { job: visible(name) }), () => void actions.stop(name, 'now')),
    ]),
    ...(live && status !== null && status.paused === null
      ? PAUSE_CHOICES.map((choice) =>
          command(
            `pause ${choice}`,
            t('palette.pause', { how: t(`pause.${choice}`) }),
            () => void actions.pause(null, choice),
          ),
        )
      : []),
    ...(live && status !== null && status.paused !== null
      ? [command('resume', t('palette.resume'), () => void actions.resume(null))]
      : []),
    ...(status === null ? [] : [command('setup', t('palette.setup'), () => goTo({ page: 'setup', step: 'look' }))]),
    ...(live ? drives : []).flatMap((drive) => [
      ...(drive.state === 'connected'
        ? [
            command(
              `eject ${drive.poolGuid}`,
              t('drivePage.palette.eject', { drive: visible(drive.name) }),
              () => void actions.eject(drive.poolGuid, drive.name),
            ),
          ]
        : []),
      ...(canScrub(drive)
        ? [
            command(
              `scrub ${drive.poolGuid}`,
              t('drivePage.palette.scrub', { drive: visible(drive.name) }),
              () => void actions.scrub(drive.poolGuid, drive.name),
            ),
          ]
        : []),
    ]),
    ...jobsWithDrives(live ? jobs : []).map(({ name }) =>
      command(`add-drive ${name}`, t('drivePage.palette.add', { job: visible(name) }), () =>
        goTo({ page: 'add-drive', job: name }),
      ),
    ),
    ...pages.map((page) =>
      command(`page ${page}`, t('palette.goTo', { page: t(`nav.${page}`) }), () => goTo({ page })),
    ),
    ...jobs.map(({ name }) =>
      command(`job ${name}`, t('palette.openJob', { job: visible(name) }), () =>
        goTo({ page: 'job', job: name, tab: 'live' }),
      ),
    ),
    ...THEMES.map((theme) =>
      command(`theme ${theme}`, t('palette.theme', { theme: t(`settings.themes.${theme}`) }), () => setTheme(theme)),
    ),
    ...OFFERED_LANGUAGES.map((language) =>
      command(`language ${language}`, t('palette.language', { language: t(`settings.languages.${language}`) }), () =>
        setLanguage(language),
      ),
    ),
  ];
}
