/** What the shell of the desktop says, by key: a language is one object of this type. */
export interface ShellMessages {
  /** The page that lets the window in. */
  readonly entry: {
    readonly opening: string;
    readonly refused: string;
  };
  readonly notOpened: string;
  readonly notBuilt: string;
  /** In the terminal. */
  readonly opened: string;
  readonly openYourself: (address: string) => string;
}
