import { fileURLToPath } from 'node:url';

/** Where Node keeps what it compiled, so that a command, a child and a server that was killed are soon there. */
export const compileCache = fileURLToPath(new URL('../../node_modules/.cache/chatstorm', import.meta.url));
