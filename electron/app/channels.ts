/** What goes between the two processes of a window. The numbers of connections are the page's: 1, 2, 3, ... */

export const TO_SHELL = 'snapferry:to-shell';
export const TO_PAGE = 'snapferry:to-page';

export type ToShell =
  | { readonly kind: 'open'; readonly connection: number }
  | { readonly kind: 'text'; readonly connection: number; readonly text: string }
  /** One text was heard, so that a page that is slow gets no backlog. */
  | { readonly kind: 'heard'; readonly connection: number }
  | { readonly kind: 'close'; readonly connection: number };

export type ToPage =
  | { readonly kind: 'opened'; readonly connection: number }
  | { readonly kind: 'text'; readonly connection: number; readonly text: string }
  | { readonly kind: 'closed'; readonly connection: number };
