/** Key pairs for tests. */
import ssh2 from 'ssh2';

/** Words of ssh2's generator for a key that is encrypted with a passphrase. */
interface Locked {
  readonly passphrase: string;
  readonly cipher: string;
  readonly rounds: number;
}

/**
 * A fresh ed25519 pair. About one in some hundred that ssh2 makes cannot be read again by ssh2 (a leading zero byte is lost),
 * so each is read before it is given out.
 */
export function ed25519Pair(locked?: Locked): { readonly private: string; readonly public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', locked ?? {});
    const read = ssh2.utils.parseKey(pair.private, locked?.passphrase);
    if (!(read instanceof Error)) return pair;
  }
}
