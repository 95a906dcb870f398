// `artillery run --quiet FILE` of the bundle, without what the command line of Artillery does besides.
import { createGlobalObject } from '../lib/artillery-global.js';
import setupConsoleCapture from '../lib/console-capture.js';
import RunCommand from '../lib/run.js';

const script = process.argv.at(-1);
await createGlobalObject();
setupConsoleCapture();
await RunCommand.runCommandImplementation({ quiet: true, platform: 'local', count: '1' }, [script], { script });
