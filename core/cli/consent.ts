/** Asks the daemon for what may need an administrator, says so, and waits. */
import type { Method, Params, Reply } from '../api/contract.ts';
import type { Client } from '../api/wire/client.ts';
import { requestConfirmed } from '../api/wire/confirmed.ts';
import { type CliIo, printLines } from './io.ts';
import { visible } from './text/width.ts';
import { confirmTexts } from './texts-control.ts';

export function askConfirmed<M extends Method>(
  io: CliIo,
  client: Client,
  method: M,
  params: Params<M>,
): Promise<Reply<M>> {
  const say = ({ facts }: { readonly facts: Readonly<Record<string, string>> }) =>
    printLines(io.stderr, confirmTexts.needed(visible(facts.what ?? ''), facts.nonce ?? '', facts.digest ?? ''));
  return requestConfirmed(client, method, params, say, io.interrupted);
}
