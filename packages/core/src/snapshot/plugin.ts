import type { PluginName, PluginRecord, StatusRecord, Version, VersionRecord } from '@ar-registry/schemas';
import { finding, isError, type Finding } from '../findings/index.ts';
import { indexPaths, parseIndexPath } from '../layout/index.ts';
import { nameProblem, splitName } from '../name/index.ts';
import { parsePluginRecord, parseStatusRecord, parseVersionRecord } from '../record/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import { descending } from '../version/index.ts';
import type { IndexFiles, SnapshotHead, SnapshotPlugin } from './snapshot.ts';

export interface AssembledPlugin {
  readonly plugin?: SnapshotPlugin;
  readonly findings: readonly Finding[];
}

/** Joins the records of one plugin. @param files those under its folder, by path relative to the index. */
export function assemblePlugin(name: PluginName, files: IndexFiles, head: SnapshotHead): AssembledPlugin {
  const folder = { file: indexPaths.folder(name) };
  const problem = nameProblem(name);
  if (problem !== undefined)
    return { findings: [finding('NAME_INVALID', folder, { name: toSingleLine(truncate(name, 80)), problem })] };
  const plugin = readPlugin(name, files);
  const status = readStatus(name, files);
  const { versions, findings } = readVersions(name, files);
  const all = [...plugin.findings, ...status.findings, ...findings, ...checkScope(name, plugin.record, head)];
  if (versions.length === 0)
    all.push(finding('RECORD_MISSING', folder, { record: `${folder.file}/versions/…`, why: 'a plugin has a version' }));
  if (!plugin.record || !status.record || versions.length === 0) return { findings: all };
  if (checkScope(name, plugin.record, head).some(isError)) return { findings: all };
  const known = new Set(versions.map(({ manifest }) => manifest.version));
  const { record, findings: dangling } = withoutUnknown(name, status.record, known);
  return { plugin: { name, record: plugin.record, status: record, versions }, findings: [...all, ...dangling] };
}

function readPlugin(name: PluginName, files: IndexFiles): { record?: PluginRecord; findings: readonly Finding[] } {
  const file = indexPaths.plugin(name);
  const text = files.get(file);
  if (text === undefined)
    return { findings: [finding('RECORD_MISSING', { file }, { record: file, why: 'it says who owns the plugin' })] };
  const parsed = parsePluginRecord(text, file);
  if (!parsed.ok) return parsed;
  if (parsed.record.name === name) return { record: parsed.record, findings: parsed.findings };
  const at = parsed.source.placeOf(['name']);
  return { findings: [finding('RECORD_MISPLACED', at, { expected: name, found: parsed.record.name })] };
}

function readStatus(name: PluginName, files: IndexFiles): { record?: StatusRecord; findings: readonly Finding[] } {
  const file = indexPaths.status(name);
  const text = files.get(file);
  if (text === undefined)
    return { findings: [finding('RECORD_MISSING', { file }, { record: file, why: 'it says what latest is' })] };
  const parsed = parseStatusRecord(text, file);
  return parsed.ok ? { record: parsed.record, findings: parsed.findings } : parsed;
}

function readVersions(
  name: PluginName,
  files: IndexFiles,
): { versions: readonly VersionRecord[]; findings: readonly Finding[] } {
  const versions: VersionRecord[] = [];
  const findings: Finding[] = [];
  for (const [path, text] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const place = parseIndexPath(path);
    if (place.kind !== 'version') continue;
    const parsed = parseVersionRecord(text, path);
    for (const found of parsed.findings) findings.push(found);
    if (!parsed.ok) continue;
    const { manifest } = parsed.record;
    if (manifest.name === name && manifest.version === place.version) versions.push(parsed.record);
    else
      findings.push(
        finding('RECORD_MISPLACED', parsed.source.placeOf(['manifest', 'version']), {
          expected: `${name}@${place.version}`,
          found: `${manifest.name}@${manifest.version}`,
        }),
      );
  }
  return { versions: versions.toSorted((a, b) => descending(a.manifest.version, b.manifest.version)), findings };
}

function checkScope(name: PluginName, record: PluginRecord | undefined, head: SnapshotHead): readonly Finding[] {
  const file = indexPaths.plugin(name);
  const { scope } = splitName(name);
  const owner = head.scopes.get(scope);
  if (!owner) return [finding('SCOPE_UNKNOWN', { file }, { scope })];
  if (!record || RANK[record.trust] <= RANK[owner.level] || record.trust === 'verified') return [];
  return [finding('TRUST_NOT_ALLOWED', { file }, { trust: record.trust, level: owner.level })];
}

/** `official` is a property of the scope; `verified` is granted to single plugins. */
const RANK = { community: 0, verified: 1, official: 2 } as const;

function withoutUnknown(
  name: PluginName,
  status: StatusRecord,
  known: ReadonlySet<Version>,
): { record: StatusRecord; findings: readonly Finding[] } {
  const file = indexPaths.status(name);
  const tags = Object.entries(status.distTags);
  const states = Object.keys({ ...status.deprecated, ...status.yanked });
  const findings = [
    ...tags
      .filter(([, version]) => !known.has(version))
      .map(([tag, version]) => finding('DIST_TAG_UNKNOWN_VERSION', { file }, { tag, version })),
    ...states
      .filter((version) => !known.has(version))
      .map((version) => finding('STATUS_UNKNOWN_VERSION', { file }, { version })),
  ];
  const distTags = Object.fromEntries(tags.filter(([, version]) => known.has(version)));
  return { record: { ...status, distTags }, findings };
}
