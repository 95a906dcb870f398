import type { Browser, Page } from 'playwright-core';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type ChatServer, createChatServer } from '../server/chat-server.ts';
import { browserAvailable, browserMissing, launchBrowser, skipBrowser } from './browser.ts';

describe.skipIf(skipBrowser)(browserAvailable ? 'the page' : `the page. ${browserMissing}`, { timeout: 60_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  test('two people chat, see each other type, and move to WebSocket', async () => {
    const { url } = await startChat();
    const said: string[] = [];
    const [ana, ben] = [await visit(browser, url, said), await visit(browser, url, said)];
    await enter(ana, 'Ana');
    await enter(ben, 'Ben');
    for (const page of [ana, ben]) {
      await page.locator('#status-transport', { hasText: 'WebSocket' }).waitFor();
      expect(await page.evaluate('transports')).toEqual(['Long polling', 'WebSocket']);
      await page.locator('#status-rtt', { hasText: /^\d+(\.\d)? ms$/ }).waitFor();
    }
    await ana.locator('#text').pressSequentially('Hello Ben');
    await ben.locator('#typing', { hasText: 'Ana is typing…' }).waitFor();
    await ana.locator('#text').press('Enter');
    await ben.locator('.message:not(.mine) .bubble', { hasText: 'Hello Ben' }).waitFor();
    await say(ben, 'Hello Ana');
    await ana.locator('.message:not(.mine) .bubble', { hasText: 'Hello Ana' }).waitFor();
    await ana.locator('.message.mine:not(.unsent) .bubble', { hasText: 'Hello Ben' }).waitFor();
    expect(await ana.locator('.message').count()).toBe(2);
    expect(await ben.locator('.message .name').allTextContents()).toEqual(['Ana', 'You']);

    await ana.reload();
    await ana.locator('#me-name', { hasText: 'Ana' }).waitFor();
    await ana.locator('.message .bubble', { hasText: 'Hello Ana' }).waitFor();
    expect(said).toEqual([]);
  });

  test('what is typed while the server is down is marked, and sent in order once it is back', async () => {
    const first = await startChat();
    const said: string[] = [];
    const [ana, ben] = [await visit(browser, first.url, said), await visit(browser, first.url, said)];
    await enter(ana, 'Ana');
    await enter(ben, 'Ben');
    await say(ana, 'before');
    await ben.locator('.bubble', { hasText: 'before' }).waitFor();
    expect(said).toEqual([]);

    await first.close();
    await ana.locator('#status[data-state=reconnecting]').waitFor();
    await ana.locator('#status-state', { hasText: /attempt [1-9]/ }).waitFor();
    await say(ana, 'one');
    await say(ana, 'two');
    await ana.locator('.unsent .note', { hasText: 'Not sent yet' }).waitFor();
    expect(await ana.locator('.unsent .bubble').allTextContents()).toEqual(['one', 'two']);

    await startChat(Number(new URL(first.url).port));
    await ben.locator('.bubble', { hasText: 'two' }).waitFor();
    expect((await ben.locator('.bubble').allTextContents()).slice(-2)).toEqual(['one', 'two']);
    await ana.locator('.unsent').first().waitFor({ state: 'detached' });
    expect(await ana.locator('.mine .bubble').allTextContents()).toEqual(['before', 'one', 'two']);
    // The browser itself notes each request that found the server closing or gone; no page can prevent that.
    expect(said.filter((line) => !/net::ERR_CONNECTION_REFUSED|status of 403/.test(line))).toEqual([]);
  });

  test('a plain message is heard by everyone, and rooms can be changed', async () => {
    const { url } = await startChat();
    const said: string[] = [];
    const [ana, ben] = [await visit(browser, url, said), await visit(browser, url, said)];
    await enter(ana, 'Ana');
    await enter(ben, 'Ben');
    await ana.getByLabel('Join or start a room').fill('tea');
    await ana.getByLabel('Join or start a room').press('Enter');
    await ana.locator('#room-title', { hasText: 'tea' }).waitFor();
    await ben.locator('#open-rooms').getByRole('button', { name: 'tea' }).click();
    await ben.locator('#room-members', { hasText: '2 people' }).waitFor();
    await ben.getByRole('button', { name: 'Everyone' }).click();
    await say(ben, 'hello all');
    await ana.getByRole('button', { name: /Everyone\s*1 unread/ }).click();
    await ana.locator('.bubble', { hasText: 'hello all' }).waitFor();
    expect(said).toEqual([]);
  });

  test('hostile text stays text', async () => {
    const { url } = await startChat();
    const said: string[] = [];
    const [eve, ana] = [await visit(browser, url, said), await visit(browser, url, said)];
    await enter(eve, '<img src=x onerror=hacked=1>');
    await enter(ana, 'Ana');
    const texts = [
      '<img src="x" onerror="hacked=1">',
      '</script><script>hacked=1</script>',
      '<b>bold</b> &amp; {{text}}',
    ];
    for (const text of texts) await say(eve, text);
    await ana.locator('.bubble', { hasText: 'bold' }).waitFor();
    expect(await ana.locator('.message .bubble').allTextContents()).toEqual(texts);
    expect(await ana.locator('.message .name').first().textContent()).toBe('<img src=x onerror=hacked=1>');
    expect(await ana.locator('#log ol :is(img, script, b)').count()).toBe(0);
    expect(await ana.evaluate('typeof hacked')).toBe('undefined');
    expect(said).toEqual([]);
  });

  test('the policy forbids what the page does not need', async () => {
    const { url } = await startChat();
    const page = await visit(browser, url, []);
    const policy = (await page.reload())?.headers()['content-security-policy'] ?? '';
    const host = new URL(url).host;
    expect(policy).toContain("default-src 'none';script-src 'self';style-src 'self'");
    expect(policy).toContain(`connect-src 'self' ws://${host} wss://${host};`);
    expect(policy).not.toMatch(/unsafe|\*|data:/);
    const inject = "document.head.append(Object.assign(document.createElement('script'), { text: 'hacked = 1' }))";
    await expect(page.evaluate(inject)).rejects.toThrow('TrustedScript');
  });

  test('a storm does not grow the page without bound', async () => {
    const { url } = await startChat();
    const said: string[] = [];
    const page = await visit(browser, url, said);
    await enter(page, 'Ana');
    const bot = io(url, { transports: ['websocket'], forceNew: true });
    onTestFinished(() => {
      bot.close();
    });
    await bot.emitWithAck('join', { room: 'storm-1', name: 'otter-1' });
    await page.getByRole('button', { name: /A storm is on in storm-1/ }).click();
    await page.locator('#room-members', { hasText: '2 people' }).waitFor();
    for (let at = 0; at < 1000; at += 1) bot.emit('message', { room: 'storm-1', text: `gust ${at}` });
    await page.locator('.bubble', { hasText: 'gust 999' }).waitFor();
    expect(await page.locator('#messages > li').count()).toBe(300);
    expect(said).toEqual([]);
  });
});

async function startChat(port = 0): Promise<ChatServer> {
  const server = await createChatServer({ port, messagesPerSecond: 0 });
  onTestFinished(() => server.close());
  return server;
}

/** A visitor of their own; everything that the browser says on the console goes into `said`. */
async function visit(browser: Browser, url: string, said: string[]): Promise<Page> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => said.push(`error: ${error.message}`));
  await page.addInitScript(rememberTransports);
  await page.goto(url);
  return page;
}

async function enter(page: Page, name: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your name' }).fill(name);
  await page.getByRole('button', { name: 'Start chatting' }).click();
  await page.locator('#status[data-state=connected]').waitFor();
  await page.locator('#room-members', { hasText: /people|Only you/ }).waitFor();
}

async function say(page: Page, text: string): Promise<void> {
  await page.locator('#text').fill(text);
  await page.locator('#text').press('Enter');
}

/** Runs in the page: keeps every transport that the status showed, in order. */
const rememberTransports = `
  globalThis.transports = [];
  document.addEventListener('DOMContentLoaded', () => {
    const shown = document.getElementById('status-transport');
    new MutationObserver(() => {
      if (shown.textContent && shown.textContent !== transports.at(-1)) transports.push(shown.textContent);
    }).observe(shown, { childList: true });
  });
`;
