/** How long after a second's end each process looks back on it, lest all of them work at once; ms. */
export const lookBackMs = { conductor: 0, probes: 25, crowd: 50, proxy: 75 } as const;

/**
 * Calls `work` once a second of a run, `lateMs` after its end, with the last millisecond of that second: what is sampled
 * then belongs there. A repeating timer would begin anywhere in a second, and drift. It holds no process, and returns how
 * to end it.
 */
export function everySecond(clock: () => number, lateMs: number, work: (lastMs: number) => void): () => void {
  let timer: NodeJS.Timeout;
  const waitFor = (end: number) => {
    timer = setTimeout(
      () => {
        // A timer may come a little early, and late where the event loop stood still: then it is about the last whole second.
        const ended = Math.max(end, Math.floor((clock() - lateMs) / 1000) * 1000);
        waitFor(ended + 1000);
        work(ended - 1);
      },
      Math.max(0, end + lateMs - clock()),
    ).unref();
  };
  waitFor((Math.floor((clock() - lateMs) / 1000) + 1) * 1000);
  return () => clearTimeout(timer);
}
