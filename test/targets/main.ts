/** Main of a target's process: `node main.ts NAME`. Says where it listens, and what it did whenever it is asked. */

import { type TargetName, targets } from './all.ts';
import { RoomsServer } from './rooms-server.ts';

const server = new RoomsServer(targets[process.argv[2] as TargetName]);
process.on('message', () => process.send?.({ truth: server.tell() }));
process.once('disconnect', () => process.exit());
process.send?.({ url: await server.listen() });
