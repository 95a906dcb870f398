import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Diagnosis } from '../diagnosis.ts';
import { readHeadroom } from '../headroom.ts';

const FEW_DESCRIPTORS = 10_000;
const FEW_PORTS = 10_000;
const FEW_CPUS = 2;

/** What this machine has for making load. */
export function checkThisMachine(): Diagnosis[] {
  const { descriptors, ports } = readHeadroom();
  const cores = cpuQuota() ?? cpus().length;
  return [
    ...(descriptors === null
      ? []
      : [enough('descriptors', descriptors, FEW_DESCRIPTORS, 'Raise it with `ulimit -n`.')]),
    ...(ports === null ? [] : [enough('ports', ports, FEW_PORTS, 'Widen net.ipv4.ip_local_port_range.')]),
    {
      id: cores < FEW_CPUS ? 'few-cpus' : 'cpus',
      severity: cores < FEW_CPUS ? 'note' : 'good',
      seen: `This machine gives ${Number(cores.toFixed(1))} CPUs to Node ${process.version}.`,
      means: 'Probes, crowd and proxy are a process each; the target, if it runs here, is one more.',
      remedy: cores < FEW_CPUS ? 'Use a machine with at least 2 CPUs, or fewer users.' : null,
    },
  ];
}

const words = {
  descriptors: { one: 'open descriptors', means: 'A connection needs one.' },
  ports: { one: 'free local ports', means: 'A connection to one address needs one.' },
} as const;

function enough(what: keyof typeof words, available: number, few: number, remedy: string): Diagnosis {
  const isFew = available < few;
  const { one, means } = words[what];
  return {
    id: isFew ? `few-${what}` : what,
    severity: isFew ? 'note' : 'good',
    seen: `This machine has ${available.toLocaleString('en-US')} ${one}${what === 'descriptors' ? ' a process' : ''}.`,
    means,
    remedy: isFew ? remedy : null,
  };
}

/** The CPUs that a container may use; undefined without a limit. */
function cpuQuota(): number | undefined {
  try {
    const [quota, period] = readFileSync('/sys/fs/cgroup/cpu.max', 'utf8').trim().split(' ').map(Number);
    return quota && period ? quota / period : undefined;
  } catch {
    return undefined;
  }
}
