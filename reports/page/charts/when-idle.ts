/** Later in a browser that does not tell when it is idle, ms; and at the latest in one that does. */
const LATER_MS = 100;
const LATEST_MS = 2000;

/** Calls back once there is nothing else to do; returns how to give that up. */
export function whenIdle(act: () => void): () => void {
  if (!('requestIdleCallback' in globalThis)) {
    const timer = setTimeout(act, LATER_MS);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(act, { timeout: LATEST_MS });
  return () => cancelIdleCallback(handle);
}
