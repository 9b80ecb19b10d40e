/** Programs of a test: started with its own environment, ended with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export class Processes implements AsyncDisposable {
  readonly #children: ChildProcess[] = [];
  readonly env: Readonly<Record<string, string>>;
  /** What they printed, for when something fails. */
  output = '';

  constructor(env: Readonly<Record<string, string>>) {
    this.env = env;
  }

  start(program: string, ...args: readonly string[]): ChildProcess {
    const child = spawn(program, args, { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.on('error', (error) => {
      this.output += `${program}: ${error.message}\n`;
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.output += chunk.toString('utf8');
      });
    }
    this.#children.push(child);
    return child;
  }

  /** The first line that a program prints. Rejects when it ends before. */
  async firstLine(child: ChildProcess): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const [line, rest] = text.split('\n', 2);
      if (rest !== undefined) resolve(line ?? '');
    });
    child.once('close', () => reject(new Error(`it ended without a line:\n${this.output}`)));
    return promise;
  }

  /** Runs a program to its end. Gives what it printed; rejects when it fails. */
  async run(program: string, ...args: readonly string[]): Promise<Buffer> {
    const child = spawn(program, args, { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString('utf8');
    });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${complaint}`);
    return Buffer.concat(chunks);
  }

  async end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.reverse()) await this.end(child);
  }
}
