// Runs another program in place of this one: same arguments, same standard streams, same end.
const { spawn } = require('node:child_process');
const os = require('node:os');
const tty = require('node:tty');

/**
 * This process ends with the program's exit code, or by the signal that ended it.
 *
 * Not `process.execve`: it would leave SIGPIPE ignored, so that `ar t big.a | head` ended differently.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, argv0?: string }} options
 */
exports.become = function become(file, args, options = {}) {
  let child;
  // Called when this function is over, at the earliest.
  const forward = (signal) => child.kill(signal);
  // A terminal sends Ctrl-C to both programs: passed on as well, it would arrive twice.
  const listeners = { SIGINT: tty.isatty(0) ? () => undefined : forward, SIGTERM: forward, SIGHUP: forward };
  // Before the program runs: a signal in between would end this process alone, and leave the program behind.
  for (const [signal, listener] of Object.entries(listeners)) process.on(signal, listener);
  child = spawn(file, args, { stdio: 'inherit', ...options });
  child.once('error', (error) => {
    process.stderr.write(`error: ${file} could not be started: ${error.message}\n`);
    process.exitCode = 4;
  });
  child.once('exit', (code, signal) => {
    for (const [name, listener] of Object.entries(listeners)) process.off(name, listener);
    if (signal === null) {
      process.exitCode = code;
      return;
    }
    process.kill(process.pid, signal);
    // Node.js ignores SIGPIPE, so this process survives it: end as a shell would report it.
    process.exitCode = 128 + os.constants.signals[signal];
  });
};
