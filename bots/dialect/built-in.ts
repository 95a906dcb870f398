import { dialectSchema } from './dialect.ts';

/** How the plainest chat is spoken, as it would be written. */
export const plainSpeech = {
  send: { emit: 'chat message', args: ['{text}'] },
  hear: { event: 'chat message' },
};

/** The plainest chat there is: a string to everyone connected, no rooms, no acks. */
export const plain = dialectSchema.parse(plainSpeech);

/** The reference server's chat: rooms, names, acks and a history. The key lets a user have their name again at once. */
export const rooms = dialectSchema.parse({
  auth: { key: '{name}' },
  join: { emit: 'join', args: [{ room: '{room}', name: '{name}' }], confirm: 'ack', history: '0.history' },
  leave: { emit: 'leave', args: [{ room: '{room}' }] },
  send: { emit: 'message', args: [{ room: '{room}', text: '{text}' }], ack: true },
  hear: { event: 'message', text: '0.text' },
  node: { event: 'node' },
  presence: { emit: 'presence', args: [{ room: '{room}' }], members: '0.members' },
});

export const dialects = { plain, rooms } as const;
