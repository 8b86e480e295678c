// Runs another program in place of this one: same arguments, same standard streams, same end.
import { spawn } from 'node:child_process';
import os from 'node:os';
import tty from 'node:tty';

/**
 * Resolves once the program has ended and its exit code is this process's own, or never if a signal ended it.
 *
 * Not `process.execve`: it would leave SIGPIPE ignored, so that `ar t big.a | head` ended differently.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, argv0?: string }} options
 */
export async function become(file, args, options = {}) {
  const child = spawn(file, args, { stdio: 'inherit', ...options });
  // A terminal sends Ctrl-C to both programs: passed on as well, it would arrive twice.
  const onInterrupt = tty.isatty(0) ? () => undefined : (signal) => child.kill(signal);
  const forwarded = {
    SIGINT: onInterrupt,
    SIGTERM: (signal) => child.kill(signal),
    SIGHUP: (signal) => child.kill(signal),
  };
  for (const [name, listener] of Object.entries(forwarded)) process.on(name, listener);
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (...end) => resolve(end));
  });
  for (const [name, listener] of Object.entries(forwarded)) process.off(name, listener);
  if (signal === null) {
    process.exitCode = code;
    return;
  }
  process.kill(process.pid, signal);
  // Node.js ignores SIGPIPE, so this process survives it: end as a shell would report it.
  process.exitCode = 128 + os.constants.signals[signal];
}
