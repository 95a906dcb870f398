import { readFileSync } from 'node:fs';

/** What there is for a run's sockets; null where the system does not tell. */
export interface Headroom {
  /** Descriptors that a process may have. */
  readonly descriptors: number | null;
  /** Local ports that are free for connections. */
  readonly ports: number | null;
}

export function readHeadroom(): Headroom {
  return { descriptors: descriptorLimit(), ports: freePorts() };
}

function descriptorLimit(): number | null {
  const limit = /^Max open files\s+(\d+)/m.exec(readSystem('/proc/self/limits'));
  return limit ? Number(limit[1]) : null;
}

/** The ephemeral range, less the local ports of it that are in use. */
function freePorts(): number | null {
  const [low, high] = readSystem('/proc/sys/net/ipv4/ip_local_port_range').trim().split(/\s+/).map(Number);
  if (low === undefined || high === undefined) return null;
  const sockets = readSystem('/proc/net/tcp').split('\n').slice(1);
  const used = new Set(sockets.map((line) => Number.parseInt(line.trim().split(/[\s:]+/)[2] ?? '', 16)));
  return high - low + 1 - [...used].filter((port) => port >= low && port <= high).length;
}

function readSystem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
