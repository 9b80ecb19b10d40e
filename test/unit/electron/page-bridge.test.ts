import { describe, expect, it } from 'vitest';
import { FakeJob } from '../helper/support/fake-job.ts';
import { RunningDaemon } from '../helper/support/running-daemon.ts';
import { Browser, type PageEnd } from './support/browser.ts';

async function pageOf(daemon: { readonly socketPath: string }) {
  const browser = await Browser.start(daemon.socketPath);
  const page = await browser.connect({ cookie: await browser.session() });
  return { browser, page };
}

const connected = (page: PageEnd, state: 'connected' | 'lost') =>
  page.message(({ method, params }) => method === 'shell/connection' && JSON.stringify(params).includes(`"${state}"`));

describe('a page and the daemon', () => {
  it('carries requests, replies and changes', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const { browser, page } = await pageOf(daemon);
    await using _ = browser;
    page.ask(1, 'watch');
    expect(await page.reply(1)).toMatchObject({ jsonrpc: '2.0', result: { revision: 0, jobs: [{ name: 'a' }] } });
    page.ask(2, 'run', { job: 'a', snapshot: true });
    expect(await page.reply(2)).toMatchObject({ result: { runId: 1, queued: false, snapshot: true } });
    expect(job.calls).toEqual(['wake run true']);
    job.become({ queued: true });
    await daemon.clock.advance(1000);
    expect(await page.message(({ method }) => method === 'status/changed')).toMatchObject({
      params: { revision: 1, jobs: [{ name: 'a', queued: true }] },
    });
  });

  it("gives the daemon's refusals as they are", async () => {
    await using daemon = await RunningDaemon.start([]);
    const { browser, page } = await pageOf(daemon);
    await using _ = browser;
    page.ask(1, 'plan', { job: 'nosuch' });
    expect(await page.reply(1)).toMatchObject({
      error: { code: 1, data: { code: 'job-unknown', facts: { job: 'nosuch' } } },
    });
  });

  it.each([
    ['what is not in the contract', 'pool/destroy', {}],
    ['what every object has', 'toString', {}],
    ['a prototype', '__proto__', {}],
    ['the library of the other end', '$/setTrace', {}],
    ['parameters that do not fit', 'run', { job: 'a' }],
    ['fields too many', 'run', { job: 'a', snapshot: true, force: true }],
    ['a name too long', 'plan', { job: 'x'.repeat(300) }],
    ['parameters out of bounds', 'history', { job: null, beforeId: null, limit: 1e9 }],
  ])('refuses %s before the daemon hears of it', async (_name, method, params) => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const { browser, page } = await pageOf(daemon);
    await using _ = browser;
    page.ask(7, method, params);
    expect(await page.reply(7)).toMatchObject({ error: { data: { code: 'request-invalid' } } });
    expect(job.calls).toEqual([]);
    // The connection goes on.
    page.ask(8, 'status');
    expect(await page.reply(8)).toMatchObject({ result: { revision: 0 } });
  });

  it.each([
    ['no JSON', '{"jsonrpc":'],
    ['no message', '[]'],
    ['a response', '{"jsonrpc":"2.0","id":1,"result":{}}'],
    ['a notification of the daemon', '{"jsonrpc":"2.0","method":"status/changed","params":{}}'],
    ['parameters by position', '{"jsonrpc":"2.0","id":1,"method":"run","params":["a",true]}'],
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"status","params":{}}'],
    ['an id too long', `{"jsonrpc":"2.0","id":"${'1'.repeat(65)}","method":"status","params":{}}`],
  ])('ends the connection of a page that sends %s', async (_name, text) => {
    await using daemon = await RunningDaemon.start([]);
    const { browser, page } = await pageOf(daemon);
    await using _ = browser;
    page.socket.send(text);
    expect(await page.closed).toBe(1008);
  });

  it('ends the connection of a page that asks too much at once, or the same twice', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    const { browser, page } = await pageOf(daemon);
    await using _ = browser;
    for (let id = 0; id < 65; id += 1) page.ask(id, 'wait', { job: 'a', runId: 1 });
    expect(await page.closed).toBe(1008);
    const other = await browser.connect({ cookie: await browser.session() });
    other.ask(1, 'wait', { job: 'a', runId: 1 });
    other.ask(1, 'wait', { job: 'a', runId: 1 });
    expect(await other.closed).toBe(1008);
  });

  it('aborts what a page cancels, and what it leaves behind', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const { browser, page } = await pageOf(daemon);
    await using _ = browser;
    const aborted = (count: number) =>
      expect.poll(() => job.calls.filter((call) => call === 'wait 1 aborted').length).toBe(count);
    page.ask(1, 'wait', { job: 'a', runId: 1 });
    await expect.poll(() => job.calls).toContain('wait 1');
    page.notify('$/cancelRequest', { id: 1 });
    expect(await page.reply(1)).toMatchObject({ error: { data: { code: 'command-aborted' } } });
    await aborted(1);
    page.ask(2, 'wait', { job: 'a', runId: 1 });
    await expect.poll(() => job.calls.filter((call) => call === 'wait 1').length).toBe(2);
    page.socket.close();
    await aborted(2);
  });

  it('says when the daemon goes, fails what is asked meanwhile, and says when it is back', async () => {
    const first = await RunningDaemon.start([new FakeJob('a')]);
    const { browser, page } = await pageOf(first);
    await using _ = browser;
    await connected(page, 'connected');
    await first.stop();
    expect(await connected(page, 'lost')).toMatchObject({ params: { problem: { code: 'daemon-unreachable' } } });
    page.ask(1, 'status');
    expect(await page.reply(1)).toMatchObject({ error: { data: { code: 'daemon-unreachable' } } });
    page.texts.length = 0;
    await using _second = await RunningDaemon.start([new FakeJob('b')], first.socketPath);
    await browser.clock.advance(250);
    await connected(page, 'connected');
    page.ask(2, 'watch');
    expect(await page.reply(2)).toMatchObject({ result: { jobs: [{ name: 'b' }] } });
    await first[Symbol.asyncDispose]();
  });

  it('says at once where there is no daemon', async () => {
    const { browser, page } = await pageOf({ socketPath: '/nonexistent/control.sock' });
    await using _ = browser;
    expect(await connected(page, 'lost')).toMatchObject({ params: { problem: { code: 'daemon-unreachable' } } });
  });
});
