// What the standalone binary starts with. It is `ar` and, by that name, `ar-plugin`, whether the name is a file or a link.
const path = require('node:path');

const { SENDER } = require('./sender-word.ts');

/** A part of its own, which the bundler shall not follow from here. */
const TELEMETRY = ['./telemetry-sender.cjs'];

if (process.argv[2] === SENDER) {
  process.argv.splice(2, 1);
  require(TELEMETRY[0]);
} else {
  const names = [process.execPath, process.argv0].map((file) => path.parse(file).name);
  if (names.includes('ar-plugin')) process.argv.splice(2, 0, 'plugin');
  // oxlint-disable-next-line import/no-unassigned-import -- it is the program
  require('../../cli/bin/ar.js');
}
