/** The `ar` command. The one place that knows the process: its words, streams, environment, signals and end. */
import os from 'node:os';
import { ArError } from '@ar-registry/core/errors';
import { resolveHome } from '@ar-registry/core/layout';
import { createOutput, type Output } from './output.ts';
import { ownProgram } from './own-program.ts';
import { createConfirm, createQuestions, createTypedAhead } from './prompt.ts';
import { run } from './run.ts';
import { createStandardStream } from './standard-stream.ts';

const { env } = process;
/** SIGHUP: the terminal was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const words = process.argv.slice(2);
/** Made for those who wait for something, which help does not. */
let interruption: AbortController | undefined;
// Whoever reads may stop early: `ar plugin search | head` is no failure.
const stdout = createStandardStream(1, { open: () => process.stdout, onError: onStreamError });
const stderr = createStandardStream(2, { open: () => process.stderr, onError: onStreamError });
/** Whom questions are asked; the standard input is opened when there is one. */
const terminal = {
  get input() {
    return process.stdin;
  },
  get output() {
    return process.stderr;
  },
  get signal() {
    return signal();
  },
  onInterrupt,
  typedAhead: createTypedAhead(),
};

for (const name of SIGNALS) process.once(name, onInterrupt);
// What no command awaits must not end in Node's own words either.
process.on('uncaughtException', (error) => void exitWith(error));

// All is said and done: what is left is memory, which the system takes back sooner than it is tidied up.
process.once('beforeExit', () => process.exit());

// No top-level `await`: the bundle is CommonJS.
void start();

function signal(): AbortSignal {
  return (interruption ??= new AbortController()).signal;
}

async function start(): Promise<void> {
  process.exitCode = await main();
  // What a command was waiting for keeps the process no longer.
  if (interruption?.signal.aborted) process.exit();
}

async function main(): Promise<number> {
  try {
    return await run(words, {
      cwd: process.cwd(),
      home: resolveHome(env, () => os.userInfo().homedir),
      env,
      get signal() {
        return signal();
      },
      releaseSignals: () => SIGNALS.forEach((name) => process.off(name, onInterrupt)),
      now: () => new Date(),
      version: ownProgram.version(),
      readInput: async () => (await import('node:stream/consumers')).text(process.stdin),
      createOutput: ({ quiet, verbose, 'no-color': colorless }) => outputFor({ colorless, quiet, verbose }),
      questions: createQuestions(terminal),
      createConfirm: ({ yes }) => createConfirm(terminal, yes),
    });
  } catch (thrown) {
    return await fail(thrown);
  }
}

/** The options may be what is wrong, so the words are looked at as they are. */
async function fail(thrown: unknown): Promise<number> {
  const { describeFailure, failureDocument, presentFailure, presentTrace } = await import('./present/error.ts');
  const error = interruption?.signal.aborted ? interrupted(thrown) : thrown;
  const failure = describeFailure(error);
  const output = outputFor({ colorless: words.includes('--no-color'), quiet: false, verbose: false });
  if (words.includes('--json')) output.json(await failureDocument(error, failure));
  if (failure.code === 'FINDINGS') await presentFindingsOf(error, output);
  output.error(presentFailure(failure));
  if (words.includes('--verbose')) output.error(presentTrace(error));
  return failure.exitCode;
}

async function exitWith(thrown: unknown): Promise<void> {
  process.exit(await fail(thrown));
}

async function presentFindingsOf(error: unknown, output: Output): Promise<void> {
  const { findingsOf, presentFindings } = await import('./present/findings.ts');
  output.error([...presentFindings(findingsOf(error)), '']);
}

function interrupted(cause: unknown): ArError {
  return new ArError('ABORTED', { doing: `ar ${words.slice(0, 2).join(' ')}` }, { cause });
}

interface Wishes {
  readonly colorless: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

function outputFor({ colorless, quiet, verbose }: Wishes): Output {
  return createOutput({
    stdout,
    stderr,
    color: colorless ? 'never' : colorOf(env),
    quiet,
    verbose,
    isDumb: env['TERM'] === 'dumb',
  });
}

/** @source https://no-color.org, https://force-color.org: who wants none comes first */
function colorOf({ NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): 'auto' | 'always' | 'never' {
  if (NO_COLOR) return 'never';
  if (FORCE_COLOR) return FORCE_COLOR === '0' || FORCE_COLOR === 'false' ? 'never' : 'always';
  return TERM === 'dumb' ? 'never' : 'auto';
}

/** The first interruption lets the command end in order; the second ends it at once. */
function onInterrupt(): void {
  interruption ??= new AbortController();
  interruption.abort();
  for (const name of SIGNALS) process.once(name, () => process.exit(130));
}

function onStreamError(error: Error): void {
  if ('code' in error && error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  const full = 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  throw full ? new ArError('DISK_FULL', { path: 'the output' }, { cause: error }) : error;
}
