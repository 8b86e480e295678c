/** One entry of `plugins` in ar.config, read into one shape. Nothing is looked up here. */
import { ArError } from '@ar-registry/core/errors';
import { nameProblem } from '@ar-registry/core/name';
import { nearest, toSingleLine, truncate } from '@ar-registry/core/text';
import { isRange } from '@ar-registry/core/version';
import type { PluginName } from '@ar-registry/schemas';

interface RequestOptions {
  /** The entry as its author would recognise it. */
  readonly label: string;
  /** Range that the version must fit; absent if any will do. */
  readonly range?: string;
  /** Values as given, keys in either spelling. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Absent if the entry does not say. */
  readonly enabled?: boolean;
  readonly isolation?: 'process' | 'none';
  readonly loadTimeoutMs?: number;
  readonly onFailure?: 'allow' | 'deny';
}

export interface InstalledRequest extends RequestOptions {
  readonly kind: 'installed';
  readonly name: PluginName;
}

interface FolderRequest extends RequestOptions {
  readonly kind: 'folder';
  /** As written: absolute, or relative to the project's folder. */
  readonly path: string;
}

/** What one entry asks for. */
export type PluginRequest = InstalledRequest | FolderRequest;

const KEYS: readonly string[] = ['name', 'version', 'config', 'enabled', 'isolation', 'loadTimeoutMs', 'onFailure'];
const MAX_LOAD_TIMEOUT_MS = 600_000;

/**
 * Reads one of the five forms of an entry.
 *
 * @param entry unchecked: what a configuration file exported.
 * @throws PLUGIN_ENTRY_INVALID
 */
export function parseEntry(entry: unknown): PluginRequest {
  if (typeof entry === 'string') return parseTarget(entry, { label: labelOf(entry), config: {} });
  if (!isPlainObject(entry)) throw invalid(entry, 'it is neither a string nor an object');
  const { name } = entry;
  if (typeof name !== 'string') throw invalid(entry, 'it has no `name`');
  return parseTarget(name, readOptions(entry));
}

/** A short name for an entry that may be anything. */
export function labelOf(entry: unknown): string {
  const name = isPlainObject(entry) && typeof entry['name'] === 'string' ? entry['name'] : entry;
  const text = typeof name === 'string' ? name : (safeJson(name) ?? typeof name);
  return truncate(toSingleLine(text), 120);
}

function parseTarget(target: string, options: RequestOptions): PluginRequest {
  if (/^\.{0,2}\//.test(target)) return { kind: 'folder', path: target, ...options };
  const at = target.indexOf('@', 1);
  const name = at === -1 ? target : target.slice(0, at);
  const problem = nameProblem(name);
  if (problem !== undefined) throw invalid(target, problem);
  if (at === -1) return { kind: 'installed', name, ...options };
  if (options.range !== undefined) throw invalid(target, 'the version is given twice, in the name and as `version`');
  return { kind: 'installed', name, ...options, range: readRange(target, target.slice(at + 1)) };
}

function readOptions(entry: Readonly<Record<string, unknown>>): RequestOptions {
  const unknown = Object.keys(entry).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    const [close] = nearest(unknown, KEYS);
    throw invalid(entry, `\`${unknown}\` is not a key of an entry${close ? `; did you mean \`${close}\`?` : ''}`);
  }
  const { version, config = {}, enabled, isolation, loadTimeoutMs, onFailure } = entry;
  if (!isPlainObject(config)) throw invalid(entry, '`config` is not an object');
  return {
    label: labelOf(entry),
    config,
    ...(version === undefined ? {} : { range: readRange(entry, version) }),
    ...(enabled === undefined ? {} : { enabled: readBoolean(entry, enabled) }),
    ...(isolation === undefined ? {} : { isolation: readIsolation(entry, isolation) }),
    ...(loadTimeoutMs === undefined ? {} : { loadTimeoutMs: readTimeout(entry, loadTimeoutMs) }),
    ...(onFailure === undefined ? {} : { onFailure: readOnFailure(entry, onFailure) }),
  };
}

function readRange(entry: unknown, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '' && isRange(value)) return value;
  throw invalid(
    entry,
    'its version is not a version or a range; dist-tags such as `latest` are for `ar plugin install`',
  );
}

function readBoolean(entry: unknown, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalid(entry, '`enabled` is not true or false');
}

function readIsolation(entry: unknown, value: unknown): 'process' | 'none' {
  if (value === 'process' || value === 'none') return value;
  throw invalid(entry, "`isolation` is not 'process' or 'none'");
}

function readOnFailure(entry: unknown, value: unknown): 'allow' | 'deny' {
  if (value === 'allow' || value === 'deny') return value;
  throw invalid(entry, "`onFailure` is not 'allow' or 'deny'");
}

function readTimeout(entry: unknown, value: unknown): number {
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_LOAD_TIMEOUT_MS) return Number(value);
  throw invalid(entry, `\`loadTimeoutMs\` is not a whole number from 1 to ${MAX_LOAD_TIMEOUT_MS}`);
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(entry: unknown, problem: string): ArError {
  return new ArError('PLUGIN_ENTRY_INVALID', { entry: labelOf(entry), problem });
}

function safeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
