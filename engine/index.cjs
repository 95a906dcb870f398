// What Artillery loads: the sources in a clone, what was built of them in the package.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const isClone = existsSync(join(__dirname, 'chatstorm-engine.ts'));
module.exports = require(isClone ? './chatstorm-engine.ts' : './dist/chatstorm-engine.js').ChatstormEngine;
