import { count, counted, plainNumber } from './quantities.ts';

/** What was put on a target, and for how long it was measured. */
export interface LoadFigures {
  readonly users: number;
  readonly probes: number;
  readonly rooms: number;
  /** 0 where it is not known beforehand. */
  readonly messagesPerSecond: number;
  readonly measuredSeconds: number;
}

/** A load in a line: `200 crowd users, 20 probes, 4 rooms, 10 messages/s, 60 s measured`. */
export function loadWords({ users, probes, rooms, messagesPerSecond, measuredSeconds }: LoadFigures): string {
  return [
    users === 0 ? 'no crowd' : counted(users, 'crowd user'),
    counted(probes, 'probe'),
    counted(rooms, 'room'),
    ...(messagesPerSecond === 0 ? [] : [`${plainNumber(messagesPerSecond)} messages/s`]),
    `${count(measuredSeconds)} s measured`,
  ].join(', ');
}
