#!/usr/bin/env node
// `ar`, which shares its name with the archiver of binutils. npm puts this file first in PATH for every script, and
// node-gyp and every other C build calls `ar`, so this works unbuilt and on any Node.js since 18, and hands over
// whatever is not its own. CommonJS, because that starts fastest: Node.js loads what ESM needs only once it is used.
const args = process.argv.slice(2);

if (args[0] === '--version') printVersion();
else if (isOwnCommand()) require('./start.js').start(args);
else require('./hand-over.js').handOver(args, require('./self.js').files);

function isOwnCommand() {
  // No argument at all is a person's question on a terminal, and the archiver's usage error anywhere else.
  if (args[0] === undefined) return require('node:tty').isatty(1) || require('node:tty').isatty(2);
  return ['plugin', 'help', 'up', 'completion', '--help', '-h'].includes(args[0]);
}

/** Not by way of the command line: configure scripts ask every `ar` for its version. */
function printVersion() {
  require('node:fs').writeSync(1, `ar ${require('./self.js').version()} (agent-relay plugins)\n`);
}
