/**
 * The folders of a user. None of them is ever taken from the current folder: who runs a command there need not be who
 * put files there.
 */
import type { PluginName } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { isPluginName, splitName } from '../name/index.ts';

export type FolderEnv = Readonly<Record<string, string | undefined>>;

/** Folders and files below agent-relay's data folder. */
export const dataPaths = {
  /** Entries of the store that are being made. */
  staging: 'plugins/staging',
  /** Answers of registries. */
  responses: 'plugins/cache/http',
  /** Where the processes of plugins begin; made anew where it is gone. */
  guests: 'plugins/cache/guests',
  /** What is trusted of registries that are signed. No cache: without it anybody would be believed. */
  trust: 'plugins/trust',
  /** What the registries know against versions: no cache either, the loader goes by it. */
  advisories: 'plugins/advisories',
  /** One folder for each known project: its lock, its journal, and where it is. */
  projects: 'plugins/projects',
  /** What waits to be told to registries, where the user said that they may be told. */
  telemetry: 'plugins/telemetry',
  /** The project that `--global` means. */
  global: 'plugins/global',
} as const;

/** In the folder of a project's state: a change that is not finished. */
export const JOURNAL_FILE = 'journal.json';

/**
 * The user's home: `$HOME`, or what the system knows where that is empty or relative; undefined where it knows none.
 *
 * @param fromSystem what the system's list of users says; may throw where it has no such user
 */
export function resolveHome(env: FolderEnv, fromSystem: () => string): string | undefined {
  const fromEnv = absolute(env['HOME']);
  if (fromEnv !== undefined) return fromEnv;
  try {
    return absolute(fromSystem());
  } catch {
    return undefined; // a user that is a mere number, as in many containers
  }
}

/**
 * Where agent-relay keeps its data: `$AGENT_RELAY_DATA_DIR`, `$XDG_DATA_HOME/agent-relay`, `~/.agent-relay`.
 *
 * The same order as agent-relay 1.x itself, so that the CLI, the loader and the daemon meet in one folder.
 *
 * @throws DATA_DIR_RELATIVE, HOME_UNKNOWN
 * @source XDG Base Directory Specification: relative paths are invalid and ignored
 */
export function resolveDataDir(env: FolderEnv, home: string | undefined): string {
  const explicit = env['AGENT_RELAY_DATA_DIR'];
  if (explicit && absolute(explicit) === undefined) throw new ArError('DATA_DIR_RELATIVE', { dir: explicit });
  if (explicit) return explicit;
  const xdg = absolute(env['XDG_DATA_HOME']);
  return xdg === undefined ? `${known(home)}/.agent-relay` : `${xdg}/agent-relay`;
}

/** Where the user's own settings are: `$XDG_CONFIG_HOME/agent-relay`, `~/.config/agent-relay`. @throws HOME_UNKNOWN */
export function resolveConfigDir(env: FolderEnv, home: string | undefined): string {
  return `${absolute(env['XDG_CONFIG_HOME']) ?? `${known(home)}/.config`}/agent-relay`;
}

function known(home: string | undefined): string {
  if (home === undefined) throw new ArError('HOME_UNKNOWN', {});
  return home;
}

/** The path, if it is one on any system. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && /^(?:\/|[a-z]:[\\/]|\\\\)/i.test(path) ? path : undefined;
}

/**
 * The socket on which the loader of a project's daemon answers. Not longer than the path of the daemon's own socket:
 * systems allow some hundred bytes.
 *
 * @param projectDataDir agent-relay's data folder of the project
 */
export function controlSocketPath(projectDataDir: string): string {
  return `${projectDataDir}/ar.sock`;
}

/** Folder of the logs. @param projectDataDir agent-relay's data folder of the project */
export function pluginLogsPath(projectDataDir: string): string {
  return `${projectDataDir}/plugins/logs`;
}

/** Log of the loader itself, in the folder of the logs. */
export const LOADER_LOG_FILE = 'loader.log';

/** `@ar/audit-logger` → `ar__audit-logger.log`, in the folder of the logs; older parts are `….log.1`, `….log.2`, … */
export function pluginLogFile(plugin: PluginName): string {
  return `${pluginFolderName(plugin)}.log`;
}

/** The plugin whose log or older part of a log a file is; undefined for any other file. */
export function pluginOfLogFile(file: string): PluginName | undefined {
  const name = file.replace(/^([^_]+)__([^_]+)\.log(?:\.\d+)?$/, '@$1/$2');
  return isPluginName(name) ? name : undefined;
}

/** `@ar/audit-logger` → `ar__audit-logger`. No two names share a result: names hold no underscore. */
export function pluginFolderName(plugin: PluginName): string {
  const { scope, base } = splitName(plugin);
  return `${scope}__${base}`;
}
