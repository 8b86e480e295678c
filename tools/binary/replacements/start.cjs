// In the standalone binary everything is there, and on the runtime that it was made for.

/** A part of its own, which the bundler shall not follow from here. */
const MAIN = ['./main.cjs'];

/** @param {readonly string[]} args */
exports.start = function start(args) {
  process.argv.splice(2, process.argv.length, ...args);
  require(MAIN[0]);
};
