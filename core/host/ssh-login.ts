/** How somebody proves who they are: with the one key, or once with a password. */
import type { AnyAuthMethod, AuthenticationType, ParsedKey } from 'ssh2';
import type { ProblemCode, ProblemFacts } from '../api/problem.ts';

/** The problem when the other machine does not let us in. */
export interface LoginRefused {
  readonly code: ProblemCode;
  readonly facts: ProblemFacts;
}

/** What to try next, given what the other side still takes (null before it was asked); false to give up. */
type NextMethod = (methodsLeft: readonly AuthenticationType[] | null) => AnyAuthMethod | false;

export interface SshLogin {
  /** For one connection. */
  begin(user: string): NextMethod;
  refused(host: string, user: string): LoginRefused;
}

/** The one key, once. */
export function keyLogin(key: ParsedKey, identityFile: string): SshLogin {
  return {
    begin: (username) => {
      let tried = false;
      return () => {
        if (tried) return false;
        tried = true;
        return { type: 'publickey', username, key };
      };
    },
    refused: (host, user) => ({ code: 'login-refused', facts: { host, user, identityFile } }),
  };
}

/**
 * The password, once: some machines shut out whoever tries often, and what is refused in one way is refused in the other.
 * Asked for in a dialogue, it answers one hidden question and no second one.
 */
export function passwordLogin(password: string): SshLogin {
  return {
    begin: (username) => {
      let asked = false;
      let tried = false;
      return (methodsLeft) => {
        if (!asked) {
          asked = true;
          return { type: 'none', username };
        }
        if (tried) return false;
        tried = true;
        if (methodsLeft?.includes('password')) return { type: 'password', username, password };
        if (!methodsLeft?.includes('keyboard-interactive')) return false;
        let given = false;
        return {
          type: 'keyboard-interactive',
          username,
          prompt: (_name, _instructions, _language, prompts, finish) => {
            const [first, ...more] = prompts;
            const isForIt = first !== undefined && first.echo !== true && more.length === 0 && !given;
            given ||= isForIt;
            // An empty answer to anything else: that login fails, and nobody is told the password twice.
            finish(isForIt ? [password] : prompts.map(() => ''));
          },
        };
      };
    },
    refused: (host, user) => ({ code: 'password-refused', facts: { host, user } }),
  };
}

/** For who only wants to see the key of a machine. */
export const NO_LOGIN: SshLogin = {
  begin: () => () => false,
  refused: (host, user) => ({ code: 'login-refused', facts: { host, user, identityFile: '' } }),
};
