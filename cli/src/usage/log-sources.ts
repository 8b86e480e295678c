/** Whose logs a project has. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { LOADER_LOG_FILE, pluginLogFile, pluginOfLogFile } from '@ar-registry/core/layout';
import { isPluginName } from '@ar-registry/core/name';
import { nearest } from '@ar-registry/core/text';
import { translateFileError } from '@ar-registry/io/files';
import type { LogSource } from '@ar-registry/io/log-files';
import { readProjectIfAny, type Context } from '../context.ts';

/** What the loader's own log is called. */
const LOADER = 'loader';

/** All that there are now, in the order of their names; none before a daemon has run. @throws FILE_ACCESS */
export async function allLogs(logsDir: string): Promise<readonly LogSource[]> {
  const files = await readdir(logsDir).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw translateFileError(error, logsDir);
  });
  const names = new Set(files.flatMap((file) => nameOf(file) ?? []));
  return [...names].toSorted().map((name) => logOf(name, logsDir));
}

/**
 * One, whether it is there yet or not.
 *
 * @throws NOT_INSTALLED for a plugin that has none and that the project does not want
 */
export async function oneLog(name: string, logsDir: string, { projectDir, dataDir }: Context): Promise<LogSource> {
  const source = logOf(name, logsDir);
  const known = (await allLogs(logsDir)).map((log) => log.name);
  if (known.includes(name) || name === LOADER) return source;
  const project = await readProjectIfAny(await projectDir(), dataDir);
  const wanted = Object.keys(project?.wanted.plugins ?? {});
  if (wanted.includes(name)) return source;
  throw new ArError('NOT_INSTALLED', { plugin: name, suggestions: nearest(name, [...wanted, ...known], 3) });
}

function nameOf(file: string): string | undefined {
  const isLoader = file === LOADER_LOG_FILE || file.startsWith(`${LOADER_LOG_FILE}.`);
  return isLoader ? LOADER : pluginOfLogFile(file);
}

function logOf(name: string, logsDir: string): LogSource {
  // What is no name of a plugin has no log, and must not become a path.
  const file = isPluginName(name) ? pluginLogFile(name) : LOADER_LOG_FILE;
  return { name, path: path.join(logsDir, file) };
}
