/** Frames as nobody should send them, the same for the same seed: mutations of what the chat's clients say, and rubbish. */

import { randomOf } from '../../base/random.ts';

/** What a client sends over WebSocket as one message, or over polling as one packet. */
export type Frame = string | Buffer;

export type Random = () => number;

/** A source of frames. */
export function framesOf(...seed: readonly (string | number)[]): () => Frame {
  const random = randomOf(...seed);
  return () => frame(random);
}

function frame(random: Random): Frame {
  const kind = random();
  if (kind < 0.62) return event(random);
  if (kind < 0.7) return mutated(event(random), random);
  if (kind < 0.76) return `4${digit(random)}${pick(random, namespaces)}${json(value(random, 2))}`;
  if (kind < 0.82) return binaryEvent(random);
  if (kind < 0.86) return bytes(random, size(random));
  if (kind < 0.9) return `${digit(random)}${text(random)}`;
  if (kind < 0.94) return pick(random, control);
  return mutated(pick(random, control) + text(random), random);
}

function event(random: Random): string {
  const name = random() < 0.8 ? pick(random, events) : value(random, 1);
  const args = Array.from({ length: Math.floor(random() * 4) }, () => payload(random));
  const id = random() < 0.5 ? Math.floor(random() * 10 ** (random() * 12)) : '';
  return `42${pick(random, namespaces)}${id}${json([name, ...args])}`;
}

/** What handlers expect, with something else in it. */
function payload(random: Random): unknown {
  if (random() < 0.2) return value(random, 3);
  const fields = ['room', 'name', 'text', '__proto__', 'length', 'constructor', 'toString'];
  const chosen = fields.filter(() => random() < 0.5);
  return Object.fromEntries(chosen.map((field) => [field, random() < 0.6 ? text(random) : value(random, 2)]));
}

function binaryEvent(random: Random): string {
  const attachments = Math.floor(random() * 4);
  const holder = { _placeholder: random() < 0.9 ? true : value(random, 1), num: random() < 0.7 ? 0 : value(random, 1) };
  return `45${attachments}-${json([pick(random, events), holder, value(random, 2)])}`;
}

function value(random: Random, depth: number): unknown {
  const kind = random();
  if (depth > 0 && kind < 0.2) return Array.from({ length: Math.floor(random() * 5) }, () => value(random, depth - 1));
  if (depth > 0 && kind < 0.45) {
    const keys = Array.from({ length: Math.floor(random() * 4) }, () => pick(random, keysOfNote));
    return Object.fromEntries(keys.map((key) => [key, value(random, depth - 1)]));
  }
  if (kind < 0.7) return text(random);
  return pick(random, scalars);
}

function text(random: Random): string {
  const kind = random();
  if (kind < 0.4) return pick(random, words);
  if (kind < 0.5) return pick(random, words).repeat(size(random));
  return Array.from({ length: size(random) % 80 }, () => String.fromCodePoint(codePoint(random))).join('');
}

/** Mostly printable, else anything: control characters, lone surrogates, what turns the direction, the far planes. */
function codePoint(random: Random): number {
  if (random() < 0.7) return 32 + Math.floor(random() * 95);
  return Math.floor(random() * (random() < 0.5 ? 0x3000 : 0x10ffff));
}

/** A character or a piece taken out, doubled or exchanged. */
function mutated(whole: string, random: Random): string {
  const at = Math.floor(random() * whole.length);
  const to = at + Math.floor(random() * 8);
  const piece = whole.slice(at, to);
  const instead = random() < 0.4 ? '' : random() < 0.5 ? piece + piece : text(random);
  return whole.slice(0, at) + instead + whole.slice(to);
}

function bytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}

/** Mostly small, and now and then some kB. */
function size(random: Random): number {
  return Math.floor(10 ** (random() * (random() < 0.97 ? 2 : 3.7)));
}

function digit(random: Random): number {
  return Math.floor(random() * 10);
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

function json(whole: unknown): string {
  return JSON.stringify(whole) ?? 'undefined';
}

const events = [
  'join',
  'leave',
  'message',
  'typing',
  'presence',
  'chat message',
  'rooms',
  'rtt',
  'disconnect',
  'error',
];
const namespaces = ['', '', '', '', '/,', '/nowhere,', '/__proto__,', '/a?b=c,'];
const control = [
  '0',
  '1',
  '2',
  '3',
  '2probe',
  '3probe',
  '5',
  '6',
  '40',
  '41',
  '40{}',
  '40{"pid":"x","offset":"y"}',
  '4',
  '43',
];
const keysOfNote = [
  '__proto__',
  'constructor',
  'prototype',
  'length',
  'toString',
  'then',
  'toJSON',
  '_placeholder',
  'num',
];
const words = [
  'tea',
  'Ann',
  '',
  ' ',
  'room',
  '__proto__',
  'hasOwnProperty',
  'null',
  '\u0000',
  '\u202e',
  '𐀀',
  '\ud800',
  '{}',
];
const scalars = [0, -1, 1e308, -0.5, 2 ** 53, true, false, null, '', '0', [], {}];
