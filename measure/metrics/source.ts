/** The kinds of process that write lines. */
export const sourceRoles = ['conductor', 'probes', 'crowd', 'proxy', 'server'] as const;

export type SourceRole = (typeof sourceRoles)[number];

/** Which process, or thread of one, wrote a line. Any number of a role may write, in any number of shards. */
export interface Source {
  readonly role: SourceRole;
  /** The part of the run that it belongs to, from 0. */
  readonly shard: number;
  /** Tells it from others of its role in the shard. */
  readonly number: number;
}

export function sourceOf(role: SourceRole, number = 0, shard = 0): Source {
  return { role, shard, number };
}

/** A source as one word, as the files of a run's folder are named: `probes-0-0`. */
export function sourceName({ role, shard, number }: Source): string {
  return `${role}-${shard}-${number}`;
}

/** What a node of the server is called, by its source: those of the reference chat call themselves so. */
export function nodeName({ number }: Source): string {
  return `node-${number + 1}`;
}
