/** What is known against the plugins of a project and the npm packages that were installed with them. */
import type { OsvRecord, PluginName, Version } from '@ar-registry/schemas';
import { affectedText, type Advisory } from '../advisory/index.ts';
import { matchAdvisory, type NpmPackage } from '../osv/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import { type FoundSeverity, severityOf, severityOfAction, SEVERITIES } from './severity.ts';

/** One installed plugin, and what there is to know of it. */
export interface AuditedPlugin {
  readonly name: PluginName;
  readonly version: Version;
  /** Of its registry, against this version. */
  readonly advisories: readonly Advisory[];
  /** Its npm dependencies, each name and version once. */
  readonly packages: readonly NpmPackage[];
}

/** One thing known. All text in it was written by others; it is on one line. */
export interface AuditFinding {
  readonly plugin: PluginName;
  readonly version: Version;
  /** `AR-2026-0001` or the id of an OSV record. */
  readonly id: string;
  readonly aliases: readonly string[];
  readonly severity: FoundSeverity;
  readonly summary: string;
  /** The npm package that it is about; absent where it is the plugin itself. */
  readonly dependency?: NpmPackage;
  /** What the registry does about it; only of the plugin itself. */
  readonly action?: Advisory['action'];
  /** Which versions, for people; only of the plugin itself. */
  readonly affected?: string;
  /** The version of the npm package, or the spec of a plugin, that has it no more; absent where nobody names one. */
  readonly fixed?: string;
}

/**
 * Everything known, the gravest first, then by plugin, dependency and id.
 *
 * @param records name of an npm package → what the database has of it
 */
export function auditPlugins(
  plugins: readonly AuditedPlugin[],
  records: ReadonlyMap<string, readonly OsvRecord[]>,
): readonly AuditFinding[] {
  return plugins
    .flatMap((plugin) => [
      ...plugin.advisories.map((advisory) => ofPlugin(plugin, advisory)),
      ...plugin.packages.flatMap((each) => ofPackage(plugin, each, records.get(each.name) ?? [])),
    ])
    .toSorted(inOrder);
}

function ofPlugin({ name, version }: AuditedPlugin, advisory: Advisory): AuditFinding {
  const { id, action, reason, replacement } = advisory;
  return {
    plugin: name,
    version,
    id,
    aliases: [],
    severity: severityOfAction(action),
    summary: line(reason),
    action,
    affected: affectedText(advisory),
    ...(replacement === undefined ? {} : { fixed: replacement }),
  };
}

function ofPackage(
  { name, version }: AuditedPlugin,
  each: NpmPackage,
  records: readonly OsvRecord[],
): readonly AuditFinding[] {
  return records.flatMap((record) => {
    const match = matchAdvisory(record, each);
    if (!match) return [];
    const { id, aliases = [], summary = '' } = record;
    return {
      plugin: name,
      version,
      id: line(id),
      aliases: aliases.slice(0, 20).map(line),
      severity: severityOf(record),
      summary: line(summary),
      dependency: { name: line(each.name), version: line(each.version) },
      ...(match.fixed === undefined ? {} : { fixed: match.fixed }),
    };
  });
}

function line(text: string): string {
  return truncate(toSingleLine(text), 500);
}

function inOrder(a: AuditFinding, b: AuditFinding): number {
  return rank(b) - rank(a) || (keyOf(a) < keyOf(b) ? -1 : 1);
}

function rank({ severity }: AuditFinding): number {
  return severity === 'unknown' ? SEVERITIES.length : SEVERITIES.indexOf(severity);
}

function keyOf({ plugin, dependency, id }: AuditFinding): string {
  return [plugin, dependency?.name ?? '', dependency?.version ?? '', id].join('\0');
}
