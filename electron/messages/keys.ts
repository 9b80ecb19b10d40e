/** What the shell of the desktop says, by key: a language is one object of this type. */
export interface ShellMessages {
  /** The page that lets the window in. */
  readonly entry: {
    readonly opening: string;
    readonly refused: string;
  };
  readonly menu: {
    readonly backUpNow: string;
    readonly allJobs: string;
    readonly pause: string;
    readonly pauseHour: string;
    readonly pauseTomorrow: string;
    readonly resume: string;
    readonly drives: string;
    readonly eject: (drive: string) => string;
    readonly restore: string;
    readonly open: string;
    /** Says that backups go on. */
    readonly quit: string;
  };
  /** The hidden menu of the window. */
  readonly window: {
    readonly file: string;
    readonly close: string;
    readonly view: string;
    readonly zoomIn: string;
    readonly zoomOut: string;
    readonly zoomReset: string;
    readonly fullScreen: string;
  };
  readonly notices: {
    readonly show: string;
    readonly review: string;
    readonly tryNow: string;
    readonly backUpNow: string;
    readonly notToday: string;
    readonly driveAsksBody: string;
    readonly snoozeDay: string;
    readonly serviceLost: string;
    readonly broken: (job: string) => string;
    readonly question: (job: string) => string;
    readonly overdue: (job: string) => string;
    readonly firstDone: (job: string) => string;
    readonly runDone: (job: string) => string;
    readonly runAnyway: string;
    /** It waits, and is late by a whole interval of its schedule. */
    readonly waitsLong: (job: string) => string;
    readonly updated: (version: string) => string;
    readonly updatedBody: string;
    /** The service and this program do not have the same version. */
    readonly otherVersion: string;
    readonly otherVersionBody: (service: string, own: string) => string;
    readonly several: (count: number) => string;
    /** What was asked for in the menu or a notice did not work. */
    readonly notDone: string;
    /** This desktop shows no icons of programs. */
    readonly noTray: string;
    readonly noTrayBody: string;
  };
  readonly connecting: string;
  readonly notOpened: string;
  readonly notBuilt: string;
  /** In the terminal. */
  readonly opened: string;
  readonly openYourself: (address: string) => string;
}
