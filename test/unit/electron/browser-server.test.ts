import { describe, expect, it } from 'vitest';
import { REQUEST_BYTES_MAX } from '../../../core/api/contract.ts';
import { Browser, IDLE_MS } from './support/browser.ts';

describe('the server of the window', () => {
  it('lets the page in that comes with a token, and nobody else', async () => {
    await using browser = await Browser.start();
    expect(await browser.ask('GET', '/')).toMatchObject({ status: 401 });
    const { status, headers } = await browser.redeem(await browser.newToken());
    expect(status).toBe(204);
    expect(headers['set-cookie']?.[0]).toMatch(/^snapferry=[^;]+; Path=\/; HttpOnly; SameSite=Strict$/);
    const cookie = headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
    expect(await browser.ask('GET', '/', { cookie })).toMatchObject({ status: 200, text: '<title>page</title>' });
    expect(await browser.ask('GET', '/assets/app.js?v=1', { cookie })).toMatchObject({
      status: 200,
      text: 'export {};',
    });
    expect(await browser.ask('HEAD', '/', { cookie })).toMatchObject({ status: 200, text: '' });
    expect(await browser.ask('GET', '/', { cookie: 'snapferry=guessed' })).toMatchObject({ status: 401 });
    expect(await browser.ask('GET', '/', { cookie: `${cookie}; ${cookie}` })).toMatchObject({ status: 401 });
  });

  it('takes a token once; when it comes again, what it opened is closed', async () => {
    await using browser = await Browser.start();
    const token = await browser.newToken();
    const stolen = (await browser.redeem(token)).headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
    const thief = await browser.connect({ cookie: stolen });
    expect(thief.refusedWith).toBeNull();
    expect(await browser.redeem(token)).toMatchObject({ status: 403, text: expect.stringContaining('snapferry open') });
    expect(await thief.closed).toBe(1008);
    expect(await browser.ask('GET', '/', { cookie: stolen })).toMatchObject({ status: 401 });
    // The other windows stay.
    expect(await browser.ask('GET', '/', { cookie: await browser.session() })).toMatchObject({ status: 200 });
  });

  it('takes no token after a minute, and none that is made up', async () => {
    await using browser = await Browser.start();
    const token = await browser.newToken();
    await browser.clock.advance(60_001);
    expect((await browser.redeem(token)).status).toBe(403);
    expect((await browser.redeem('made-up')).status).toBe(403);
  });

  it.each([
    ['another name that leads here', { host: 'evil.example' }],
    ['the address by number', { host: '127.0.0.1' }],
    ['another origin', { origin: 'http://evil.example' }],
    ['an origin that is none', { origin: 'null' }],
    ['another page of this machine', { 'sec-fetch-site': 'same-site' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
  ])('refuses files, sessions and messages to %s', async (_, headers) => {
    await using browser = await Browser.start();
    const cookie = await browser.session();
    expect(await browser.ask('GET', '/', { cookie, ...headers })).toMatchObject({ status: 403 });
    expect(await browser.redeem(await browser.newToken(), headers)).toMatchObject({ status: 403 });
    expect((await browser.connect({ cookie, ...headers })).refusedWith).toBe(403);
  });

  it('opens no messages without a session, without an origin, or elsewhere', async () => {
    await using browser = await Browser.start();
    const cookie = await browser.session();
    expect((await browser.connect({})).refusedWith).toBe(401);
    expect((await browser.connect({ cookie: 'snapferry=guessed' })).refusedWith).toBe(401);
    expect((await browser.connect({ cookie }, '/else')).refusedWith).toBe(403);
    const own = { 'content-type': 'application/json' };
    const body = JSON.stringify({ token: await browser.newToken() });
    expect(await browser.ask('POST', '/session', own, body)).toMatchObject({ status: 403, text: 'no Origin\n' });
  });

  it('answers no other methods, types and bodies', async () => {
    await using browser = await Browser.start();
    const cookie = await browser.session();
    const own = { origin: browser.origin };
    expect((await browser.ask('POST', '/', { ...own, cookie })).status).toBe(405);
    expect((await browser.ask('GET', '/session', own)).status).toBe(405);
    expect((await browser.redeem('x', { 'content-type': 'text/plain' })).status).toBe(415);
    const json = { ...own, 'content-type': 'application/json' };
    for (const body of ['', '{', '[]', '{"token":1}', '{"token":"a","more":1}', `{"token":"${'a'.repeat(4000)}"}`]) {
      expect((await browser.ask('POST', '/session', json, body)).status).toBe(403);
    }
  });

  it.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '//etc/passwd',
    '/notes.md',
    '/assets',
    '/assets/',
    '/index.html/',
  ])('has nothing at %s', async (path) => {
    await using browser = await Browser.start();
    expect(await browser.ask('GET', path, { cookie: await browser.session() })).toMatchObject({ status: 404 });
  });

  it('lets another page lead only to the entry, and tells the browser to allow nothing', async () => {
    await using browser = await Browser.start();
    const entry = await browser.ask('GET', '/open', { 'sec-fetch-site': 'cross-site' });
    expect(entry).toMatchObject({ status: 200, text: expect.stringContaining('/open.js') });
    for (const answer of [entry, await browser.ask('GET', '/', { host: 'evil.example' })]) {
      expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; /);
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cache-control': 'no-store',
      });
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
    expect(browser.authority).toMatch(/^snapferry-[0-9a-f]{20}\.localhost:\d+$/);
  });

  it('ends connections with frames that are too long or not text', async () => {
    await using browser = await Browser.start();
    const cookie = await browser.session();
    const long = await browser.connect({ cookie });
    long.socket.send('x'.repeat(REQUEST_BYTES_MAX + 1));
    expect(await long.closed).toBe(1009);
    const binary = await browser.connect({ cookie });
    binary.socket.send(Buffer.from('{}'));
    expect(await binary.closed).toBe(1003);
  });

  it('says so where the page was not built', async () => {
    await using browser = await Browser.start(undefined, { built: false });
    expect(await browser.ask('GET', '/', { cookie: await browser.session() })).toMatchObject({
      status: 503,
      text: 'The window of Snapferry is not part of this copy.\n',
    });
  });

  it('ends when no window has used it for a while, and not while one is open', async () => {
    await using browser = await Browser.start();
    const page = await browser.connect({ cookie: await browser.session() });
    const before = browser.authority;
    await browser.clock.advance(3 * IDLE_MS);
    expect(new URL(await browser.face.address()).host).toBe(before);
    page.socket.close();
    await page.closed;
    // The server hears of the end a little later than the page.
    await browser.ask('GET', '/open');
    await browser.clock.advance(IDLE_MS);
    await browser.face.ended();
    expect(new URL(await browser.face.address()).host).not.toBe(before);
  });
});
