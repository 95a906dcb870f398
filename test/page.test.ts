import type { Browser, Page } from 'playwright-core';
import { io, type Socket } from 'socket.io-client';
import { expect, onTestFinished, test } from 'vitest';
import type { ChatOptions } from '../server/chat-options.ts';
import { type ChatServer, createChatServer } from '../server/chat-server.ts';
import { describeInBrowser } from './support/in-browser.ts';

describeInBrowser('the page', (browser) => {
  test('two people chat, see each other type, and move to WebSocket', async () => {
    const { url } = await startChat();
    const said: string[] = [];
    const [ana, ben] = [await visit(browser(), url, said), await visit(browser(), url, said)];
    await enter(ana, 'Ana');
    await enter(ben, 'Ben');
    for (const page of [ana, ben]) {
      await page.locator('#status-transport', { hasText: 'WebSocket' }).waitFor();
      expect(await page.evaluate('shown["status-transport"]')).toEqual(['Long polling', 'WebSocket']);
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
    await expect.poll(() => ben.locator('.message .name').allTextContents()).toEqual(['Ana', 'You']);

    await ana.reload();
    await ana.locator('#me-name', { hasText: 'Ana' }).waitFor();
    await ana.locator('.message .bubble', { hasText: 'Hello Ana' }).waitFor();
    expect(said).toEqual([]);
  });

  test('what is typed while the server is down is marked, and sent in order once it is back', async () => {
    const first = await startChat();
    const said: string[] = [];
    const [ana, ben] = [await visit(browser(), first.url, said), await visit(browser(), first.url, said)];
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

    await startChat({ port: Number(new URL(first.url).port) });
    await ben.locator('.bubble', { hasText: 'two' }).waitFor();
    expect((await ben.locator('.bubble').allTextContents()).slice(-2)).toEqual(['one', 'two']);
    await ana.locator('.unsent').first().waitFor({ state: 'detached' });
    expect(await ana.locator('.mine .bubble').allTextContents()).toEqual(['before', 'one', 'two']);
    // The browser itself notes each request that found the server closing or gone; no page can prevent that.
    expect(
      said.filter((line) => !/net::ERR_CONNECTION_REFUSED|CLOSING or CLOSED state|status of 403/.test(line)),
    ).toEqual([]);
  });

  test('a plain message is heard by everyone, and rooms can be changed', async () => {
    const { url } = await startChat();
    const said: string[] = [];
    const [ana, ben] = [await visit(browser(), url, said), await visit(browser(), url, said)];
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

  test('the member list is right as people come and go', async () => {
    const { url } = await startChat();
    const said: string[] = [];
    const [ana, ben] = [await visit(browser(), url, said), await visit(browser(), url, said)];
    await enter(ana, 'Ana');
    await enter(ben, 'Ben');
    await expect.poll(() => people(ana)).toEqual(['Ana you', 'Ben']);
    await expect.poll(() => people(ben)).toEqual(['Ben you', 'Ana']);

    await ben.getByRole('button', { name: 'Change your name' }).click();
    await ben.getByRole('textbox', { name: 'Your name' }).fill('Aaron');
    await ben.getByRole('textbox', { name: 'Your name' }).press('Enter');
    await expect.poll(() => people(ana)).toEqual(['Ana you', 'Aaron']);
    await expect.poll(() => people(ben)).toEqual(['Aaron you', 'Ana']);
    const names = Array.from({ length: 8 }, (_, at) => `otter-${at + 3}`);
    const crowd = await Promise.all(names.map((name) => join(url, name)));
    await expect.poll(() => people(ana)).toEqual(['Ana you', 'Aaron', ...names]);
    for (const one of crowd) one.close();
    await expect.poll(() => people(ana)).toEqual(['Ana you', 'Aaron']);

    await ben.getByLabel('Join or start a room').fill('tea');
    await ben.getByLabel('Join or start a room').press('Enter');
    await expect.poll(() => people(ben)).toEqual(['Aaron you']);
    await ben.getByRole('button', { name: 'Leave lobby' }).click();
    await expect.poll(() => people(ana)).toEqual(['Ana you']);
    await ben.getByRole('button', { name: 'lobby' }).click();
    await expect.poll(() => people(ana)).toEqual(['Ana you', 'Aaron']);
    await ben.close();
    await expect.poll(() => people(ana)).toEqual(['Ana you']);
    expect(await ana.locator('.notice').allTextContents()).not.toContain('Ana left');
    expect(said).toEqual([]);
  });

  test('many people are listed as far as the server names them, we first', async () => {
    const { url } = await startChat();
    await Promise.all(Array.from({ length: 210 }, (_, at) => join(url, `otter-${at}`)));
    const said: string[] = [];
    const zoe = await visit(browser(), url, said);
    await enter(zoe, 'zoe');
    await zoe.locator('#people-note', { hasText: 'and 10 more' }).waitFor();
    await zoe.getByRole('heading', { name: 'Who is here 211' }).waitFor();
    const shown = await people(zoe);
    expect([shown.length, shown[0]]).toEqual([201, 'zoe you']);
    expect(said).toEqual([]);
  });

  test('on a narrow page the people are behind a button', async () => {
    const { url } = await startChat();
    const said: string[] = [];
    const page = await visit(browser(), url, said);
    await enter(page, 'Ana');
    const aside = page.getByRole('complementary', { name: 'Who is here' });
    await aside.waitFor();
    await page.setViewportSize({ width: 390, height: 800 });
    await aside.waitFor({ state: 'hidden' });
    const opener = page.getByRole('button', { name: /^Who is here/ });
    await opener.focus();
    await page.keyboard.press('Enter');
    await aside.getByText('Ana').waitFor();
    expect(await focused(page)).toBe('people-close');
    expect(await opener.getAttribute('aria-expanded')).toBe('true');
    await page.keyboard.press('Escape');
    await aside.waitFor({ state: 'hidden' });
    expect(await focused(page)).toBe('people-toggle');
    await page.setViewportSize({ width: 1200, height: 800 });
    await aside.waitFor();
    expect(said).toEqual([]);
  });

  test('a dropped connection comes back by itself, with all that was said meanwhile', async () => {
    const { url } = await startChat();
    const said: string[] = [];
    const [ana, ben] = [await visit(browser(), url, said), await visit(browser(), url, said)];
    await enter(ana, 'Ana');
    await enter(ben, 'Ben');
    for (const page of [ana, ben]) await page.locator('#status-transport', { hasText: 'WebSocket' }).waitFor();

    await ana.getByRole('button', { name: /^Connection/ }).focus();
    await ana.keyboard.press('Enter');
    await ana.getByRole('region', { name: 'Connection' }).waitFor();
    expect(await ana.locator('#fact-outage').textContent()).toBe('None');
    const drop = ana.getByRole('button', { name: 'Drop the connection' });
    await drop.focus();
    await ana.keyboard.press('Enter');
    await Promise.all([say(ben, 'meanwhile'), say(ana, 'from away')]);

    await ana.locator('#fact-reconnects', { hasText: '1' }).waitFor();
    await ana.locator('#fact-outage', { hasText: /^\d+(\.\d)? m?s$/ }).waitFor();
    const states = (await ana.evaluate('shown["status-state"]')) as string[];
    const back = states.slice(states.indexOf('Connection lost'));
    expect([back[0], back[1], back.at(-1)]).toEqual(['Connection lost', 'Reconnecting, attempt 1', 'Connected']);
    const banner = (await ana.evaluate('shown["offline-text"]')) as string[];
    expect(banner).toEqual([
      expect.stringMatching(/^You can keep writing/),
      expect.stringMatching(/^Connected again after \d/),
    ]);
    const announced = (await ana.evaluate('shown.announcer')) as string[];
    expect(announced).toContain('Connection lost, reconnecting');
    expect(announced.filter((text) => /^Connected again after \d/.test(text))).toHaveLength(1);

    await ana.locator('.mine:not(.unsent) .bubble', { hasText: 'from away' }).waitFor();
    for (const page of [ana, ben]) {
      await page.locator('.bubble', { hasText: 'from away' }).waitFor();
      await page.locator('.bubble', { hasText: 'meanwhile' }).waitFor();
      expect((await page.locator('.bubble').allTextContents()).sort()).toEqual(['from away', 'meanwhile']);
    }
    await expect.poll(() => people(ana)).toEqual(['Ana you', 'Ben']);
    await expect.poll(() => people(ben)).toEqual(['Ben you', 'Ana']);
    await drop.focus();
    await ana.keyboard.press('Escape');
    await ana.getByRole('region', { name: 'Connection' }).waitFor({ state: 'hidden' });
    expect(await focused(ana)).toBe('status');
    expect(said).toEqual([]);
  });

  test('transports are chosen: polling only opens no WebSocket, WebSocket only does not poll', async () => {
    const { url } = await startChat();
    const said: string[] = [];
    const [ana, ben] = [await visit(browser(), url, said), await visit(browser(), url, said)];
    const opened: string[] = [];
    ana.on('websocket', () => opened.push('WebSocket'));
    ana.on('request', (request) => {
      if (/transport=polling/.test(request.url()) && !/sid=/.test(request.url())) opened.push('Long polling');
    });
    await enter(ana, 'Ana');
    await enter(ben, 'Ben');
    await ana.locator('#status-transport', { hasText: 'WebSocket' }).waitFor();
    await ana.getByRole('button', { name: /^Connection/ }).click();
    expect(await ana.getByRole('radio', { name: 'Automatic' }).isChecked()).toBe(true);

    for (const [key, transport] of [
      ['ArrowRight', 'Long polling'],
      ['ArrowRight', 'WebSocket'],
    ] as const) {
      opened.length = 0;
      await ana.locator('#connection input:checked').press(key);
      await ana.locator('#fact-transport', { hasText: transport }).waitFor();
      await ana.locator('#fact-connect', { hasText: /^\d/ }).waitFor();
      await ana.locator('#fact-rtt', { hasText: /^\d/ }).waitFor();
      await say(ana, `over ${transport}`);
      await ben.locator('.bubble', { hasText: `over ${transport}` }).waitFor();
      expect(await ana.locator('#fact-upgrade').textContent()).toBe('–');
      expect(opened).toEqual([transport]);
    }
    expect(await ana.locator('#fact-reconnects').textContent()).toBe('2');
    const announced = ((await ana.evaluate('shown.announcer')) as string[]).join();
    expect(announced).toMatch(/Connected over long polling in \d.*,Connected over WebSocket in \d/);
    expect(announced).not.toContain('lost');

    opened.length = 0;
    await ana.getByRole('radio', { name: 'Automatic' }).check();
    await ana.locator('#fact-upgrade', { hasText: /^\d/ }).waitFor();
    expect(opened).toEqual(['Long polling', 'WebSocket']);
    expect(said).toEqual([]);
  });

  test('a transport that the server does not offer cannot be chosen', async () => {
    const { url } = await startChat({ transports: ['polling'] });
    const said: string[] = [];
    const page = await visit(browser(), url, said);
    await enter(page, 'Ana');
    await page.getByRole('button', { name: /^Connection/ }).click();
    expect(await page.getByRole('radio', { name: 'WebSocket only' }).isDisabled()).toBe(true);
    expect(await page.getByRole('radio', { name: 'Polling only' }).isDisabled()).toBe(false);
    expect(said).toEqual([]);
  });

  test('hostile text stays text', async () => {
    const { url } = await startChat();
    const said: string[] = [];
    const [eve, ana] = [await visit(browser(), url, said), await visit(browser(), url, said)];
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
    const page = await visit(browser(), url, []);
    const policy = (await page.reload())?.headers()['content-security-policy'] ?? '';
    const host = new URL(url).host;
    expect(policy).toContain("default-src 'none';script-src 'self';style-src 'self'");
    expect(policy).toContain(`connect-src 'self' ws://${host} wss://${host};`);
    expect(policy).not.toMatch(/unsafe|\*|data:/);
    const inject = "document.head.append(Object.assign(document.createElement('script'), { text: 'hacked = 1' }))";
    await expect(page.evaluate(inject)).rejects.toThrow('TrustedScript');
  });

  test('a name that somebody has is told, and another one lets in', async () => {
    const { url } = await startChat();
    await join(url, 'Ana', 'lobby');
    const said: string[] = [];
    const page = await visit(browser(), url, said);
    await page.getByRole('textbox', { name: 'Your name' }).fill('Ana');
    await page.getByRole('button', { name: 'Start chatting' }).click();
    await page.locator('#room-members', { hasText: 'Not in this room' }).waitFor();
    await page.locator('.notice', { hasText: 'Somebody called Ana is in the room lobby already' }).waitFor();
    await page.locator('#rename').click();
    await page.getByRole('textbox', { name: 'Your name' }).fill('Anna');
    await page.locator('#name-form').getByRole('button').last().click();
    await page.locator('#room-members', { hasText: '2 people' }).waitFor();
    await say(page, 'hello');
    await page.locator('.bubble', { hasText: 'hello' }).waitFor();
    expect(said).toEqual([]);
  });

  test('a storm does not grow the page without bound', async () => {
    const { url } = await startChat();
    const said: string[] = [];
    const page = await visit(browser(), url, said);
    await enter(page, 'Ana');
    const bot = await join(url, 'otter-1', 'storm-1');
    await page.getByRole('button', { name: /A load run is on in storm-1/ }).click();
    await page.locator('#room-members', { hasText: '2 people' }).waitFor();
    for (let at = 0; at < 1000; at += 1) bot.emit('message', { room: 'storm-1', text: `gust ${at}` });
    await page.locator('.bubble', { hasText: 'gust 999' }).waitFor();
    expect(await page.locator('#messages > li').count()).toBe(300);
    expect(said).toEqual([]);
  });
});

async function startChat(options: Partial<ChatOptions> = {}): Promise<ChatServer> {
  const server = await createChatServer({ port: 0, messagesPerSecond: 0, ...options });
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
  await page.addInitScript(remember);
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

/** Who is here, as the page lists them. */
function people(page: Page): Promise<string[]> {
  return page.locator('#people-list .person').evaluateAll((items) =>
    items.map((item) =>
      [...item.children]
        .slice(1)
        .map((part) => part.textContent)
        .join(' '),
    ),
  );
}

/** The id of what has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.id');
}

/** Somebody without a page, in a room. */
async function join(url: string, name: string, room = 'lobby'): Promise<Socket> {
  const socket = io(url, { transports: ['websocket'], forceNew: true });
  onTestFinished(() => {
    socket.close();
  });
  await socket.emitWithAck('join', { room, name });
  return socket;
}

/** Runs in the page: keeps all that some elements showed, in order. */
const remember = `
  globalThis.shown = { 'status-transport': [], 'status-state': [], 'offline-text': [], announcer: [] };
  document.addEventListener('DOMContentLoaded', () => {
    for (const [id, texts] of Object.entries(shown)) {
      const element = document.getElementById(id);
      new MutationObserver(() => {
        if (element.textContent && element.textContent !== texts.at(-1)) texts.push(element.textContent);
      }).observe(element, { childList: true });
    }
  });
`;
