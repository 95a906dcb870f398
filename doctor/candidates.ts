/** What chats are commonly written like: tried in this order, the simplest and most harmless first. */

import type { Json } from '../bots/dialect/dialect.ts';

/** A way to join; null for none. */
export interface JoinCandidate {
  readonly emit: string;
  readonly args: readonly Json[];
}

export const joinCandidates: readonly (JoinCandidate | null)[] = [
  null,
  ...[
    'add user',
    'join',
    'join room',
    'join_room',
    'joinRoom',
    'join-room',
    'room:join',
    'enter',
    'login',
    'register',
  ].flatMap((emit): JoinCandidate[] => {
    if (emit === 'add user' || emit === 'login' || emit === 'register') return [{ emit, args: ['{name}'] }];
    return [
      { emit, args: ['{room}'] },
      { emit, args: [{ room: '{room}', name: '{name}' }] },
      { emit, args: [{ username: '{name}', room: '{room}' }] },
      { emit, args: [{ channel: '{room}', name: '{name}' }] },
    ];
  }),
];

const sendEvents = [
  'chat message',
  'message',
  'new message',
  'send message',
  'send_message',
  'sendMessage',
  'chatMessage',
  'chat_message',
  'chat:message',
  'chat',
  'say',
  'msg',
] as const;

const bodies = ['text', 'message', 'content', 'body', 'msg'] as const;

const plainShapes: readonly (readonly Json[])[] = [['{text}'], ...bodies.map((key): Json[] => [{ [key]: '{text}' }])];
const roomShapes = (name: 'room' | 'channel'): readonly (readonly Json[])[] => [
  ['{room}', '{text}'],
  ...bodies.map((key): Json[] => [{ [name]: '{room}', [key]: '{text}' }]),
];

export interface SendCandidate {
  readonly emit: string;
  readonly args: readonly Json[];
}

/** Ways to send, in groups that are tried together: a plain text first, since a careless server may expect nothing else. */
export function sendCandidates(join: JoinCandidate | null): readonly (readonly SendCandidate[])[] {
  const joined = JSON.stringify(join?.args ?? []);
  const named = joined.includes('"channel"') ? 'channel' : 'room';
  const [text, ...objects] = plainShapes;
  const groups = [...(joined.includes('{room}') ? [roomShapes(named)] : []), [text!], objects];
  return groups.map((shapes) => shapes.flatMap((args) => sendEvents.map((emit) => ({ emit, args }))));
}

/** How many ways there are. */
export const candidateCount = joinCandidates.reduce(
  (sum, join) => sum + sendCandidates(join).reduce((inner, group) => inner + group.length, 0),
  0,
);
