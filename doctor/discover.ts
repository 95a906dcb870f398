/**
 * Finds out how a chat is spoken by speaking to it: two clients join and send in the ways that chats are commonly written,
 * each text with a mark of its own, until one comes back at the other.
 */

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { Blanks, DialectInput, Json } from '../bots/dialect/dialect.ts';
import { fillIn, refusal } from '../bots/dialect/payload.ts';
import { Identities } from '../bots/identity/identities.ts';
import { sharedOptionsOf, userOptionsOf } from '../bots/socketio/client-options.ts';
import { agentOf } from '../bots/socketio/http-agent.ts';
import { type JoinCandidate, joinCandidates, type SendCandidate, sendCandidates } from './candidates.ts';
import type { Patient } from './diagnosis.ts';

const CONNECT_MS = 5000;
/** How long an answer is waited for: three times as long as connecting took (which is three round trips), within limits. */
const ANSWER_MS = { least: 250, most: 2000 };
const ANSWER_CONNECTS = 3;
const LISTEN_MS = 5000;
const RECENT_MS = 600_000;

/** What was found: the parts of a dialect that say how to speak, and how far they are known. */
export interface Discovery {
  readonly dialect: Partial<DialectInput>;
  /** `died`: the server stopped answering behind what was tried `last`. */
  readonly how: 'spoken' | 'heard' | 'nothing' | 'died';
  readonly last?: string;
  /** The events that came meanwhile. */
  readonly events?: readonly string[];
}

/** Speaks as the dialect says where one was given; else listens for a while, and speaks in ways of its own. */
export async function discover(patient: Patient, note: (step: string) => void, isGiven = false): Promise<Discovery> {
  const given = isGiven ? await speakAsGiven(patient) : undefined;
  if (given) return { dialect: given, how: 'spoken' };
  note(`listening for ${LISTEN_MS / 1000} s`);
  const heard = await listen(patient);
  const events = new Set<string>();
  let last = 'nothing yet';
  note('joining and sending in common ways');
  for (const join of joinCandidates) {
    const spoken = await speak(patient, join, events);
    if (spoken === 'shut') return { dialect: {}, how: 'died', last };
    if (spoken) return { dialect: spoken, how: 'spoken' };
    last = join
      ? `\`${join.emit}\` with ${JSON.stringify(join.args)}, and messages of several forms`
      : 'messages of several forms';
  }
  if (!heard) return { dialect: {}, how: 'nothing', events: [...events] };
  return { dialect: { send: 'none', hear: heard }, how: 'heard' };
}

/** How to hear the event that comes most often by itself; undefined of fewer than two. */
async function listen(patient: Patient): Promise<DialectInput['hear'] | undefined> {
  const client = await Client.open(patient, 0);
  if (!client) return undefined;
  await pause(LISTEN_MS);
  client.close();
  const counts = new Map<string, number>();
  for (const { event } of client.heard) counts.set(event, (counts.get(event) ?? 0) + 1);
  const [most] = [...counts].filter(([, count]) => count > 1).sort(([, a], [, b]) => b - a);
  if (!most) return undefined;
  const [event] = most;
  const payloads = client.heard.filter((one) => one.event === event).map(({ args }) => args[0]);
  const named = (isRight: (values: readonly unknown[]) => boolean, names: RegExp) =>
    Object.keys((payloads[0] ?? {}) as object).find(
      (name) =>
        names.test(name) && isRight(payloads.map((payload) => (payload as Record<string, unknown> | null)?.[name])),
    );
  const key = named((values) => new Set(values).size === values.length, /^_?(id|uuid|seq|sequence|messageId|n)$/i);
  const sentAt = named((values) => values.every(isRecent), /at$|time|stamp|date|^ts$/i);
  return { event, ...(key && { key: `0.${key}` }), ...(sentAt && { sentAt: `0.${sentAt}` }) };
}

/** Whether a value is a time of these minutes. */
function isRecent(value: unknown): boolean {
  const time = typeof value === 'string' ? Date.parse(value) : value;
  return typeof time === 'number' && Math.abs(time - Date.now()) < RECENT_MS;
}

/** What of a dialect works; undefined if nothing comes back, `shut` if the target lets nobody in any more. */
async function speak(
  patient: Patient,
  join: JoinCandidate | null,
  events: Set<string>,
): Promise<Partial<DialectInput> | 'shut' | undefined> {
  const [sender, other] = await Promise.all([Client.open(patient, 0), Client.open(patient, 1)]);
  try {
    if (!sender || !other) return 'shut';
    const entries = join && (await enter(join, [sender, other]));
    for (const group of sendCandidates(join)) {
      const found = await tryOut(group, sender, other);
      if (found) return { ...(entries && { join: joinOf(join, entries) }), ...found };
      if (!sender.isConnected) return undefined;
    }
    return undefined;
  } finally {
    for (const { event } of [...(sender?.heard ?? []), ...(other?.heard ?? [])]) events.add(event);
    sender?.close();
    other?.close();
  }
}

/** Speaks as the dialect says; it is part of what is found where that works. */
async function speakAsGiven(patient: Patient): Promise<Partial<DialectInput> | undefined> {
  const { join, send, hear } = patient.dialect;
  if (send === 'none' || typeof send.args === 'function' || typeof join?.args === 'function') return undefined;
  const [sender, other] = await Promise.all([Client.open(patient, 0), Client.open(patient, 1)]);
  try {
    if (!sender || !other) return undefined;
    if (join) await enter({ emit: join.emit, args: join.args }, [sender, other]);
    if (hear !== 'ack') return await tryOut([{ emit: send.emit, args: send.args }], sender, other);
    const answer = await sender.ask(send.emit, fillIn(send.args, sender.blanks('doctor')));
    return answer.isGiven ? { send: { emit: send.emit, args: [...send.args], ack: true }, hear } : undefined;
  } finally {
    sender?.close();
    other?.close();
  }
}

/** What a client got for joining. */
interface Entry {
  readonly answer: Answer;
  readonly events: readonly string[];
}

/** Has them join, one after the other. */
async function enter(join: JoinCandidate, clients: readonly Client[]): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const client of clients) {
    const before = client.heard.length;
    const answer = await client.ask(join.emit, fillIn(join.args, client.blanks('')));
    entries.push({ answer, events: client.heard.slice(before).map(({ event }) => event) });
  }
  return entries;
}

/** How to join, with what confirms it: an answer that came late is one, too. */
function joinOf(join: JoinCandidate, entries: readonly Entry[]): DialectInput['join'] {
  const args = [...join.args];
  if (entries.every(({ answer }) => answer.isGiven)) return { emit: join.emit, args, confirm: 'ack' };
  const event = entries[0]?.events.find((one) => entries.every(({ events }) => events.includes(one)));
  return { emit: join.emit, args, confirm: event === undefined ? 'none' : { event } };
}

/** Sends in several ways at once, and finds the first whose text arrives. */
async function tryOut(
  group: readonly SendCandidate[],
  sender: Client,
  other: Client,
): Promise<Partial<DialectInput> | undefined> {
  const marks = group.map(() => `doctor-${randomUUID().slice(0, 8)}`);
  const answers = await Promise.all(
    group.map(({ emit, args }, i) => sender.ask(emit, fillIn(args, sender.blanks(marks[i]!)))),
  );
  for (const [i, { emit, args }] of group.entries()) {
    const arrival = other.find(marks[i]!);
    if (!arrival) continue;
    const send = { emit, args: [...args], ack: answers[i]!.isGiven };
    const echo = sender.find(marks[i]!) !== undefined;
    return { send, hear: { event: arrival.event, text: arrival.path }, ...(!echo && { echo }) };
  }
  return undefined;
}

interface Heard {
  readonly event: string;
  readonly args: readonly unknown[];
}

/** Whether an emit was acknowledged without a refusal, by now. */
interface Answer {
  isGiven: boolean;
}

/** A connection that notes all it hears. */
class Client {
  readonly heard: Heard[] = [];
  readonly #socket: Socket;
  readonly #own: Blanks;
  readonly #answerMs: number;

  private constructor(socket: Socket, own: Blanks, connectMs: number) {
    this.#socket = socket;
    this.#own = own;
    this.#answerMs = Math.min(Math.max(ANSWER_CONNECTS * connectMs, ANSWER_MS.least), ANSWER_MS.most);
    socket.onAny((event: string, ...args: unknown[]) => this.heard.push({ event, args }));
  }

  /** As user `n`; undefined where the target does not let it in. */
  static async open({ target, dialect }: Patient, n: number): Promise<Client | undefined> {
    const endpoint = { url: target.href };
    const identity = await (await Identities.open(dialect, target)).of(n).catch(() => undefined);
    if (!identity) return undefined;
    const shared = await sharedOptionsOf(dialect);
    const agent = agentOf(endpoint, shared, identity);
    const user = userOptionsOf(endpoint, dialect, identity);
    const options = { ...shared, ...user, agent, forceNew: true, reconnection: false };
    const socket = io(target.origin + dialect.namespace, options as object);
    const openedAt = performance.now();
    const isUp = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), CONNECT_MS);
      const settle = (up: boolean) => {
        clearTimeout(timer);
        resolve(up);
      };
      socket.once('connect', () => settle(true));
      socket.once('connect_error', () => settle(false));
    });
    if (isUp) return new Client(socket, identity.blanks, performance.now() - openedAt);
    socket.disconnect();
    return undefined;
  }

  get isConnected(): boolean {
    return this.#socket.connected;
  }

  blanks(text: string): Record<string, string> {
    return { room: 'doctor', ...this.#own, text };
  }

  /** Emits, and waits for the answer for a while. */
  async ask(event: string, args: readonly unknown[]): Promise<Answer> {
    const answer: Answer = { isGiven: false };
    const given = new Promise<void>((resolve) => {
      this.#socket.emit(event, ...args, (value: unknown) => {
        answer.isGiven = refusal([value]) === undefined;
        resolve();
      });
    });
    await Promise.race([given, pause(this.#answerMs)]);
    return answer;
  }

  /** Where a text arrived: its event, and the path to it. */
  find(mark: string): { readonly event: string; readonly path: string } | undefined {
    for (const { event, args } of this.heard) {
      const path = pathTo(args, mark);
      if (path !== undefined) return { event, path };
    }
    return undefined;
  }

  close(): void {
    this.#socket.disconnect();
  }
}

/** The path to the first text that holds a mark; undefined where there is none. */
function pathTo(value: unknown, mark: string, depth = 0): string | undefined {
  if (typeof value !== 'object' || value === null || depth > 5) return undefined;
  for (const [key, item] of Object.entries(value as Record<string, Json>)) {
    if (typeof item === 'string' && item.includes(mark)) return key;
    const inner = pathTo(item, mark, depth + 1);
    if (inner !== undefined) return `${key}.${inner}`;
  }
  return undefined;
}
