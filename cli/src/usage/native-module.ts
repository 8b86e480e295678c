/**
 * Whether a package with compiled code can be loaded by the Node.js that a project's programs run on. Nothing but trying
 * tells: which version code was compiled for is not written where it could be read. So it is tried in a process of its own,
 * which may end in any way.
 */
import { execFile } from 'node:child_process';
import { ArError } from '@ar-registry/core/errors';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { Context } from '../context.ts';
import { ownProgram } from '../own-program.ts';

/** On stdout nothing but why not: packages print what they think of it on stderr. */
const TRY = `try { require(process.argv[1]); process.exit(0); } catch (error) { require('node:fs').writeSync(1, String(error?.message ?? error)); process.exit(9); }`;
const REFUSED = 9;
const TIMEOUT_MS = 15_000;
const MAX_REASON = 300;

/**
 * @param folder absolute path of the package
 * @returns a clause that says why not; undefined if it can be, or if that could not be found out
 * @throws ABORTED
 */
export async function whyNotLoaded(
  folder: string,
  { env, signal }: Pick<Context, 'env' | 'signal'>,
): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const options = { cwd: folder, env: { ...env }, timeout: TIMEOUT_MS, killSignal: 'SIGKILL' as const, signal };
  execFile(ownProgram.node(), ['-e', TRY, folder], options, (error, stdout) => resolve(reasonOf(error, stdout)));
  const reason = await promise;
  if (signal.aborted) throw new ArError('ABORTED', { doing: `looking at ${folder}` });
  return reason;
}

type Failure = Error & { readonly code?: unknown; readonly signal?: unknown; readonly killed?: boolean };

function reasonOf(error: Failure | null, stdout: string): string | undefined {
  if (error === null || error.killed === true) return undefined;
  if (typeof error.signal === 'string') return `Node.js is ended by ${error.signal}`;
  return error.code === REFUSED ? describe(toSingleLine(stdout)) : undefined;
}

/** Of what Node.js says of code for another version of it, all but the numbers is for the authors of packages. */
function describe(message: string): string {
  const [, built, needed] = /NODE_MODULE_VERSION (\d+)\D+NODE_MODULE_VERSION (\d+)/.exec(message) ?? [];
  if (needed === undefined) return truncate(message.replace(/\.$/, ''), MAX_REASON) || 'it does not say why';
  return `it was built for another Node.js (its NODE_MODULE_VERSION is ${built}, and this one's is ${needed})`;
}
