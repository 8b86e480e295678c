/** The programs that a daemon with plugins is made of, found in the project as Node.js would find them. */
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ArError, hasCode } from '@ar-registry/core/errors';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import { isVersion } from '@ar-registry/core/version';
import { readTextIfExists } from '@ar-registry/io/files';
import type { Version } from '@ar-registry/schemas';
import type { Context } from '../context.ts';
import { ownProgram } from '../own-program.ts';

export interface RelayPackage {
  readonly version: Version;
  /** Absolute path of the program. */
  readonly script: string;
  /** Absolute path of the package with its compiled code; undefined where there is none that was compiled here. */
  readonly terminals?: string | undefined;
}

/** Later major versions have no daemon that plugins could run in. */
const MAJOR = '1.';

/** The project's own agent-relay, of which nothing is run. @throws AGENT_RELAY_MISSING, AGENT_RELAY_UNBUILT, AGENT_RELAY_UNSUPPORTED */
export async function findRelay(projectDir: string): Promise<RelayPackage> {
  for (const dir of foldersOf('agent-relay', projectDir)) {
    const text = await readTextIfExists(path.join(dir, 'package.json'));
    if (text === undefined) continue;
    const relay = describe(dir, text);
    const terminals = findTerminals(dir);
    if (terminals !== undefined) assertBuilt(terminals);
    return { ...relay, terminals };
  }
  throw new ArError('AGENT_RELAY_MISSING', { project: projectDir });
}

/** Where Node.js would look for a package, the nearest first. */
function foldersOf(name: string, from: string): readonly string[] {
  const folders = createRequire(path.join(from, 'resolve.js')).resolve.paths(name) ?? [];
  return folders.map((folder) => path.join(folder, name));
}

function findTerminals(relayDir: string): string | undefined {
  const dir = foldersOf('node-pty', realpathSync(relayDir)).find((one) => existsSync(path.join(one, 'package.json')));
  return dir !== undefined && existsSync(path.join(dir, 'binding.gyp')) ? dir : undefined;
}

/** Where install scripts do not run, as with npm 12, they are source code: agent-relay ends at its start, with a stack trace. */
function assertBuilt(terminals: string): void {
  const places = ['build/Release', 'build/Debug', 'prebuilds'];
  if (!places.some((place) => existsSync(path.join(terminals, place))))
    throw new ArError('AGENT_RELAY_UNBUILT', { folder: terminals });
}

/**
 * Where they were compiled for another Node.js, it ends in the same way. To find that out runs code of the project, so it is for
 * who is about to do so.
 *
 * @throws AGENT_RELAY_UNBUILT, ABORTED
 */
export async function assertLoads(
  { terminals }: Pick<RelayPackage, 'terminals'>,
  surroundings: Pick<Context, 'env' | 'signal'>,
): Promise<void> {
  if (terminals === undefined) return;
  const { whyNotLoaded } = await import('./native-module.ts');
  const reason = await whyNotLoaded(terminals, surroundings);
  if (reason !== undefined) throw new ArError('AGENT_RELAY_UNBUILT', { folder: terminals, reason });
}

/** @param text of its package.json, which is no more ours than the rest of it */
function describe(dir: string, text: string): RelayPackage {
  const { version, bin } = parseObject(text);
  const script =
    typeof bin === 'string' ? bin : (bin as Readonly<Record<string, unknown>> | undefined)?.['agent-relay'];
  if (typeof version === 'string' && isVersion(version) && version.startsWith(MAJOR) && typeof script === 'string')
    return { version, script: path.resolve(dir, script) };
  const found = typeof version === 'string' ? truncate(toSingleLine(version), 60) : 'without a version';
  throw new ArError('AGENT_RELAY_UNSUPPORTED', { found });
}

function parseObject(text: string): { readonly version?: unknown; readonly bin?: unknown } {
  try {
    return Object(JSON.parse(text)) as object;
  } catch {
    return {}; // a broken one has no version
  }
}

const REGISTER = '@ar-registry/loader/register';

/**
 * URL of the module that loads plugins into agent-relay: the project's own, else the one beside this program.
 *
 * @throws LOADER_MISSING
 */
export function findLoader(projectDir: string): string {
  const file = resolveFrom(path.join(projectDir, 'resolve.js')) ?? resolveFrom(ownProgram.lookBeside());
  if (file === undefined) throw new ArError('LOADER_MISSING', { project: projectDir });
  return pathToFileURL(file).href;
}

function resolveFrom(from: string | undefined): string | undefined {
  if (from === undefined) return undefined;
  try {
    return createRequire(from).resolve(REGISTER);
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return undefined;
    throw error;
  }
}

/** Whether there is a loader, and an agent-relay that it works with; the reason where there is not. */
export async function findFault(check: () => unknown): Promise<ArError | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    for (const code of FAULTS) if (hasCode(error, code)) return error;
    throw error;
  }
}

const FAULTS = ['AGENT_RELAY_MISSING', 'AGENT_RELAY_UNBUILT', 'AGENT_RELAY_UNSUPPORTED', 'LOADER_MISSING'] as const;
