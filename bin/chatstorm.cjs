#!/usr/bin/env node
// The command as it is installed. It is written for any Node, so that one that is too old is told so.
const { engines } = require('../package.json');
const [needed, found] = [engines.node.replace('>=', ''), process.versions.node];
const [atLeast, [major, minor]] = [needed, found].map((version) => version.split('.').map(Number));

if (major > atLeast[0] || (major === atLeast[0] && minor >= atLeast[1])) {
  // A clone runs its sources.
  const isClone = require('node:fs').existsSync(`${__dirname}/../chatstorm.ts`);
  import(isClone ? '../chatstorm.ts' : '../dist/chatstorm.js');
} else {
  console.error(
    `chatstorm needs Node ${needed} or newer, and this is ${found}. Install a newer one, as from nodejs.org.`,
  );
  process.exitCode = 2;
}
