import type { UpstreamCase } from './upstream-case.ts';

/** A server that answers at all does so in far less. */
const PATIENCE_MS = 1000;

export const caseGhsaR635G3xrVw7x: UpstreamCase = {
  id: 'ghsa-r635-g3xr-vw7x',
  reference: 'GHSA-r635-g3xr-vw7x',
  url: 'https://github.com/advisories/GHSA-r635-g3xr-vw7x',
  title: 'A binary POST to the polling transport is never answered',
  packages: ['engine.io'],
  settings: 'polling transport, protocol version 4; a POST with Content-Type: application/octet-stream',
  expected: 'The server rejects the request, and the connection is free again.',
  reported:
    'The server ends the session, but does not answer: the HTTP connection stays open. With many sessions, connections and file descriptors run out (CVE-2026-59725).',
  remedy: 'Use engine.io 6.6.7 or later, or have the reverse proxy reject such requests.',
  fixedIn: 'engine.io 6.6.7',
  here: { isReproduced: false, why: 'fixed in engine.io 6.6.7' },
  seconds: 1,
  show: async (lab) => {
    const { url } = await lab.server();
    const polling = `${url}/socket.io/?EIO=4&transport=polling`;
    const handshake = await (await fetch(polling)).text();
    const { sid } = JSON.parse(handshake.slice(1));
    const answer = await fetch(`${polling}&sid=${sid}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/octet-stream' },
      body: new Uint8Array([1, 2, 3]),
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch((error: Error) => {
      if (error.name === 'TimeoutError') return undefined;
      throw error;
    });
    await answer?.body?.cancel();
    return {
      isReproduced: answer === undefined,
      evidence: answer
        ? `The POST was answered with status ${answer.status}.`
        : `The POST was not answered within ${PATIENCE_MS / 1000} s.`,
    };
  },
};
