/** Entry of `ar-relay-host`: ties the process to `runHost`. */
import { stripControl } from '@ar-registry/core/text';
import { describeThrown } from './contain.ts';
import { createQuietConsole } from './quiet-console.ts';
import { runHost } from './run-host.ts';

// stdout carries the report alone; what the daemon and plugins print goes to stderr, cleaned.
globalThis.console = createQuietConsole((text) => void process.stderr.write(text));
// agent-relay reads this when it is imported; at its default level it repeats every message.
process.env['AGENT_RELAY_LOG_LEVEL'] ??= 'WARN';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => (stop.signal.aborted ? process.exit(130) : stop.abort()));

let handleUncaught: (error: unknown, kind: 'exception' | 'rejection') => boolean = () => false;

// Not a listener: a plugin's own, which may want to exit, would be called after it.
process.setUncaughtExceptionCaptureCallback((error) => {
  if (!handleUncaught(error, 'exception')) crash(error);
});
process.on('unhandledRejection', (reason) => {
  // As `agent-relay up` does: most are recoverable, such as a message that could not be delivered.
  if (!handleUncaught(reason, 'rejection')) tell('Nothing handled a rejection', reason);
});

function crash(error: unknown): void {
  tell('A bug of the host', error);
  process.exit(70);
}

function tell(what: string, error: unknown): void {
  const stack = error instanceof Error ? error.stack : undefined;
  process.stderr.write(`${what}: ${stripControl(stack ?? describeThrown(error))}\n`);
}

await runHost({
  args: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  pid: process.pid,
  signal: stop.signal,
  print: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
  onUncaught: (handle) => {
    handleUncaught = handle;
  },
})
  // Not `exitCode`: a timer that a plugin left behind must not keep a stopped daemon's process.
  .then((code) => process.exit(code), crash);
