/** Builds the package of the engine: `engine/dist`. A clone needs none of it. */

import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleEngine } from './bundle-engine.ts';

const dist = fileURLToPath(new URL('../engine/dist', import.meta.url));
rmSync(dist, { recursive: true, force: true });
await bundleEngine(dist);
