/** What the command line says of the service. */
export const serviceTexts = {
  installed: (lib: string): string => `Snapferry is installed in ${lib}.`,
  removed: (kept: readonly string[]): string => `Snapferry is removed. ${kept.join(' and ')} stay.`,
  failed: (command: string, said: string): string => `${command} failed: ${said}`,
};
