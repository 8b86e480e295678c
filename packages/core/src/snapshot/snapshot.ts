/**
 * A snapshot: all records of an index at one commit, checked and joined.
 *
 * A broken entry is left out and reported, and never stops the others: one unreadable version leaves out that version,
 * an unreadable plugin.yaml the plugin.
 */
import type {
  AdvisoryRecord,
  CategoriesRecord,
  DependenciesRecord,
  DismissedRecord,
  PluginName,
  PluginRecord,
  RegistryRecord,
  ReviewRecord,
  ScopeName,
  ScopeRecord,
  StatusRecord,
  VersionRecord,
} from '@ar-registry/schemas';
import { validator as downloadStats } from '@ar-registry/schemas/validators/download-stats';
import { finding, type Finding } from '../findings/index.ts';
import {
  CATEGORIES_FILE,
  DEPENDENCIES_FILE,
  DISMISSED_FILE,
  DOWNLOADS_FILE,
  REGISTRY_FILE,
  parseIndexPath,
} from '../layout/index.ts';
import {
  parseCategoriesRecord,
  parseDependenciesRecord,
  parseDismissedRecord,
  parseRegistryRecord,
  parseScopeRecord,
  type ParsedRecord,
} from '../record/index.ts';
import { parseStats, sumStats, type Totals } from '../stats/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import { advisoriesIn } from './advisories.ts';
import { assemblePlugin } from './plugin.ts';
import { reviewsIn } from './reviews.ts';
import { verificationsIn, type Verifications } from './verifications.ts';

export type Category = CategoriesRecord['categories'][number];

/** What the whole index shares. */
export interface SnapshotHead {
  readonly registry: RegistryRecord;
  readonly categories: readonly Category[];
  readonly scopes: ReadonlyMap<ScopeName, ScopeRecord>;
  /** What is known against versions of plugins, also what was withdrawn; by id. */
  readonly advisories: readonly AdvisoryRecord[];
  /** npm packages whose capabilities a reviewer has looked at. */
  readonly dependencies: DependenciesRecord['packages'];
  /** Vulnerabilities of npm packages that do not concern a plugin that has them. */
  readonly dismissed: DismissedRecord['dismissed'];
  /** Downloads of the last 30 days by plugin; missing means none are known. */
  readonly downloads: ReadonlyMap<PluginName, number>;
  /** What the statistics job has counted. */
  readonly stats: Totals;
  /** What was said of plugins; also of one that is gone. */
  readonly reviews: ReadonlyMap<PluginName, readonly ReviewRecord[]>;
  /** Whose code somebody has read. */
  readonly verifications: Verifications;
}

/** One plugin with all its versions, highest first; at least one. */
export interface SnapshotPlugin {
  readonly name: PluginName;
  readonly record: PluginRecord;
  readonly status: StatusRecord;
  readonly versions: readonly VersionRecord[];
}

export interface Snapshot extends SnapshotHead {
  /** By name, in code-unit order. */
  readonly plugins: readonly SnapshotPlugin[];
}

/** Path relative to the index → text. The archive store is not part of it. */
export type IndexFiles = ReadonlyMap<string, string>;

export type Assembled =
  | { readonly ok: true; readonly snapshot: Snapshot; readonly findings: readonly Finding[] }
  /** `registry.yaml` is missing or broken: there is no registry to speak of. */
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** @param files attacker-controlled when they come from a pull request. */
export function assembleSnapshot(files: IndexFiles): Assembled {
  const findings: Finding[] = [];
  const head = assembleHead(files, findings);
  if (!head) return { ok: false, findings };
  const groups = groupPaths(files.keys());
  const part = assemblePlugins(groups.plugins, files, head);
  return {
    ok: true,
    snapshot: { ...head, plugins: part.plugins },
    findings: [...findings, ...groups.findings, ...part.findings],
  };
}

export interface AssembledPlugins {
  /** By name, as far as they are sound. */
  readonly plugins: readonly SnapshotPlugin[];
  readonly findings: readonly Finding[];
}

/**
 * Some plugins of an index whose head is known: a large one is read in parts.
 *
 * @param groups the paths of each plugin’s records, by name, as `groupPaths` gives them
 * @param files attacker-controlled: their texts by path
 */
export function assemblePlugins(groups: PathsByPlugin, files: IndexFiles, head: SnapshotHead): AssembledPlugins {
  const plugins: SnapshotPlugin[] = [];
  const findings: Finding[] = [];
  for (const [name, paths] of groups) {
    const own = new Map(paths.flatMap((path) => textAt(files, path)));
    const assembled = assemblePlugin(name, own, head);
    for (const found of assembled.findings) findings.push(found);
    if (assembled.plugin) plugins.push(assembled.plugin);
  }
  return { plugins, findings };
}

function textAt(files: IndexFiles, path: string): readonly (readonly [string, string])[] {
  const text = files.get(path);
  return text === undefined ? [] : [[path, text]];
}

/** By name in code-unit order: the paths of its records in that order. Names are as written. */
export type PathsByPlugin = readonly (readonly [name: PluginName, paths: readonly string[]])[];

export interface GroupedPaths {
  readonly plugins: PathsByPlugin;
  /** Of what lies where only records of plugins may be. */
  readonly findings: readonly Finding[];
}

/** Which records belong to which plugin. @param paths of an index: attacker-controlled */
export function groupPaths(paths: Iterable<string>): GroupedPaths {
  const groups = new Map<PluginName, string[]>();
  const findings: Finding[] = [];
  for (const path of [...paths].toSorted()) {
    const parsed = parseIndexPath(path);
    if ('name' in parsed) {
      const own = groups.get(parsed.name);
      if (own) own.push(path);
      else groups.set(parsed.name, [path]);
    } else if (parsed.kind === 'other' && /^(?:plugins|reviews|verifications)\//.test(path))
      findings.push(finding('PATH_NOT_ALLOWED', { file: path }, { path: toSingleLine(truncate(path, 300)) }));
  }
  return { plugins: [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)), findings };
}

/** What the whole index shares; undefined where `registry.yaml` is missing or broken. @param findings gets what is found */
export function assembleHead(files: IndexFiles, findings: Finding[]): SnapshotHead | undefined {
  const registry = take(files, REGISTRY_FILE, parseRegistryRecord, findings);
  if (!files.has(REGISTRY_FILE)) {
    const at = { file: REGISTRY_FILE };
    findings.push(finding('RECORD_MISSING', at, { record: REGISTRY_FILE, why: 'every index has one' }));
  }
  if (!registry) return undefined;
  const categories = take(files, CATEGORIES_FILE, parseCategoriesRecord, findings)?.categories ?? [];
  const dependencies = take(files, DEPENDENCIES_FILE, parseDependenciesRecord, findings)?.packages ?? [];
  const dismissed = take(files, DISMISSED_FILE, parseDismissedRecord, findings)?.dismissed ?? [];
  const scopes = scopesOf(files, findings);
  const advisories = advisoriesIn(files, findings);
  const reviews = reviewsIn(files, findings);
  const verifications = verificationsIn(files, findings);
  return {
    registry,
    categories,
    scopes,
    advisories,
    dependencies,
    dismissed,
    reviews,
    verifications,
    ...statsOf(files, findings),
  };
}

function scopesOf(files: IndexFiles, findings: Finding[]): ReadonlyMap<ScopeName, ScopeRecord> {
  const scopes = new Map<ScopeName, ScopeRecord>();
  for (const path of [...files.keys()].toSorted()) {
    const parsed = parseIndexPath(path);
    if (parsed.kind !== 'scope') continue;
    const record = take(files, path, parseScopeRecord, findings);
    if (!record) continue;
    if (record.scope === parsed.scope) scopes.set(record.scope, record);
    else findings.push(finding('RECORD_MISPLACED', { file: path }, { expected: parsed.scope, found: record.scope }));
  }
  return scopes;
}

/** `stats/downloads.json` is for registries that count elsewhere: it is of no effect where days were counted. */
function statsOf(files: IndexFiles, findings: Finding[]): Pick<SnapshotHead, 'downloads' | 'stats'> {
  const records = parseStats(files);
  for (const file of records.broken)
    findings.push(finding('INVALID_VALUE', { file }, { key: 'stats', value: 'the file', expected: 'statistics' }));
  const stats = sumStats(records);
  if (stats.through === undefined) return { stats, downloads: downloadsOf(files, findings) };
  return { stats, downloads: new Map([...stats.plugins].map(([name, { last30Days }]) => [name, last30Days])) };
}

function downloadsOf(files: IndexFiles, findings: Finding[]): ReadonlyMap<PluginName, number> {
  const text = files.get(DOWNLOADS_FILE);
  if (text === undefined) return new Map();
  const result = downloadStats(parseJson(text));
  if (result.ok) return new Map(Object.entries(result.value.downloads));
  const at = { file: DOWNLOADS_FILE };
  findings.push(finding('INVALID_VALUE', at, { key: 'downloads', value: 'the file', expected: 'download statistics' }));
  return new Map();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // refused by the validator, with a finding
  }
}

function take<T>(
  files: IndexFiles,
  path: string,
  ...[parse, findings]: [(text: string, file: string) => ParsedRecord<T>, Finding[]]
): T | undefined {
  const text = files.get(path);
  if (text === undefined) return undefined;
  const parsed = parse(text, path);
  for (const found of parsed.findings) findings.push(found);
  return parsed.ok ? parsed.record : undefined;
}
