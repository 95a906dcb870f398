/** Descriptors the process needs for itself: its files, its channels, and the answers to those it refuses. */
const RESERVE = 96;

/** How many connections to take, and how many more to keep for a moment, to tell them no. */
export interface ConnectionsFor {
  readonly connections: number;
  readonly spare: number;
}

/** As many connections as are wanted, or else as the process may open descriptors for, less a reserve. */
export function connectionsFor(wanted: number | undefined, limit = descriptorLimit()): ConnectionsFor {
  const reserve = Math.min(RESERVE, Math.ceil(limit / 2));
  return { connections: wanted ?? Math.max(1, limit - reserve), spare: Math.ceil(reserve / 3) };
}

/** The soft limit of descriptors; Node has raised it to the hard one. Without one, what ports there are for one address. */
function descriptorLimit(): number {
  const report = process.report as typeof process.report & { excludeNetwork: boolean };
  const former = report.excludeNetwork;
  // Names of network interfaces and peers, which may take seconds to look up.
  report.excludeNetwork = true;
  const { userLimits } = report.getReport() as unknown as { userLimits?: { open_files?: { soft?: unknown } } };
  report.excludeNetwork = former;
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' && soft > 0 ? soft : 65_536;
}
