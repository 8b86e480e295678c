/** `ar-relay-host`: agent-relay's daemon with plugins, in the foreground. */
import { join, resolve } from 'node:path';
import { parseArgs, parseEnv } from 'node:util';
import { ArError, isArError } from '@ar-registry/core/errors';
import { readTextOrPipe, writeAtomically } from '@ar-registry/io/files';
import { findProject } from '@ar-registry/io/project';
import type { BlameUncaught } from './attach.ts';
import { describeThrown } from './contain.ts';
import { describeError, describeLoaded } from './report.ts';
import { startRelay, type RunningRelay } from './start-relay.ts';
import { tellOfWaiting } from './tell-of-waiting.ts';

export interface HostProcess {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly pid: number;
  /** Aborted when the process is asked to end. */
  readonly signal: AbortSignal;
  /** One line of the report. */
  readonly print: (line: string) => void;
  /** One line about trouble. */
  readonly complain: (line: string) => void;
  /** Hands over what nothing caught. `handle` returns false if it is nobody's fault but ours. */
  readonly onUncaught: (handle: (...uncaught: Parameters<BlameUncaught>) => boolean) => void;
}

const HELP = 'ar-relay-host [--project DIR] [--ready-file FILE] [--watch]';
/** agent-relay waits for clients to close their side; one that does not must not keep the process alive. */
const STOP_TIMEOUT_MS = 15_000;
/** agent-relay takes these from the process before it reads `.env`; the folders of both must be the same. */
const NOT_FROM_DOTENV: ReadonlySet<string> = new Set(['AGENT_RELAY_DATA_DIR', 'XDG_DATA_HOME']);

/**
 * Runs until `signal` is aborted.
 *
 * Writes the ready file, `{pid, socketPath, plugins}` as JSON; then prints a line for each plugin, and `ready`.
 *
 * @returns the exit code; 0 after a clean stop
 */
export async function runHost(host: HostProcess): Promise<number> {
  try {
    const { project, readyFile, watch } = await readArgs(host);
    // A copy: agent-relay adds the `.env` of its folder to that of the process.
    const userEnv = { ...host.env };
    const env = { ...(await readDotEnv(project, host)), ...host.env };
    const relay = await startRelay({
      project,
      env,
      userEnv,
      ...(watch && { watch }),
      signal: host.signal,
      onWait: host.complain,
      onUncaught: (blame) => tellUncaught(blame, host),
    });
    // Before the word `ready`, so that whoever waits for that finds the file.
    if (readyFile !== undefined) await writeReadyFile(readyFile, relay, host);
    await report(relay, host);
    if (!host.signal.aborted) await aborted(host.signal);
    await stopInTime(relay);
    return 0;
  } catch (error) {
    // Told to end while it waited: for whoever writes `.env`, or for another daemon that is being started.
    if (host.signal.aborted && error instanceof Error && error.name === 'AbortError') return 0;
    if (!isArError(error)) throw error;
    host.complain(describeError(error));
    return error.exit;
  }
}

interface HostArgs {
  readonly project: string;
  readonly readyFile: string | undefined;
  readonly watch: boolean;
}

async function readArgs({ args, cwd }: HostProcess): Promise<HostArgs> {
  const options = {
    project: { type: 'string' },
    'ready-file': { type: 'string' },
    watch: { type: 'boolean', default: false },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true });
    const readyFile = values['ready-file'];
    return {
      project: values.project === undefined ? await findProject(cwd) : resolve(cwd, values.project),
      readyFile: readyFile === undefined ? undefined : resolve(cwd, readyFile),
      watch: values.watch,
    };
  } catch (error) {
    throw new ArError('USAGE', { problem: describeThrown(error), help: HELP }, { cause: error });
  }
}

async function readDotEnv(
  project: string,
  { signal, complain }: HostProcess,
): Promise<Readonly<Record<string, string | undefined>>> {
  const file = join(project, '.env');
  const waiting = tellOfWaiting(complain);
  waiting.begin(`whoever writes ${file}`);
  const text = await readTextOrPipe(file, signal).finally(() => waiting.end());
  const values = Object.entries(text === undefined ? {} : parseEnv(text));
  return Object.fromEntries(values.filter(([name]) => !NOT_FROM_DOTENV.has(name)));
}

async function report({ loader, configError }: RunningRelay, host: HostProcess): Promise<void> {
  if (configError) host.print(describeError(configError));
  for (const plugin of loader.getLoaded()) host.print(describeLoaded(plugin));
  const widgets = await loader.widgetsUrl;
  if (widgets !== undefined) host.print(`widgets ${widgets}`);
  host.print('ready');
}

async function writeReadyFile(file: string, { loader, socketPath }: RunningRelay, { pid }: HostProcess): Promise<void> {
  const plugins = loader.getLoaded().map(({ name, version, type, status, error }) => {
    return { name, version, type, status, ...(error && { code: error.code }) };
  });
  await writeAtomically(file, `${JSON.stringify({ pid, socketPath, plugins })}\n`);
}

function tellUncaught(blame: BlameUncaught, host: HostProcess): void {
  host.onUncaught((error, kind) => {
    const plugin = blame(error, kind);
    if (plugin !== undefined) host.complain(`${plugin} failed where nothing caught it: ${describeThrown(error)}`);
    return plugin !== undefined;
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve_) => signal.addEventListener('abort', () => resolve_(), { once: true }));
}

async function stopInTime(relay: RunningRelay): Promise<void> {
  const { promise, resolve: giveUp } = Promise.withResolvers<void>();
  const timer = setTimeout(giveUp, STOP_TIMEOUT_MS);
  await Promise.race([relay.stop(), promise]);
  clearTimeout(timer);
}
