import type { PluginName } from '@ar-registry/schemas';
import { advisoriesAgainst, affectedText, blockingAdvisory, type Advisory } from '../advisory/index.ts';
import { toAdvisories } from '../api/index.ts';
import { finding, type Finding } from '../findings/index.ts';
import { indexPaths } from '../layout/index.ts';
import type { SnapshotPlugin } from '../snapshot/index.ts';
import { satisfies } from '../version/index.ts';
import { pluginsByName } from './plugins-by-name.ts';
import type { ChangeRule, IndexRule } from './rule.ts';

/** What was said of a version stays on record: who has it installed may not have heard of it yet. */
export const checkAdvisoryDeletion: ChangeRule = ({ records }) =>
  records.flatMap(({ path, kind, place }) =>
    place.kind === 'advisory' && kind === 'deleted' ? [finding('ADVISORY_DELETED', { file: path }, {})] : [],
  );

/** An advisory names a plugin that there is. A warning: one that is about what is gone must go on to reach its users. */
export const checkAdvisoryPlugins: IndexRule = ({ snapshot, files }) =>
  snapshot.advisories.flatMap(({ id, affected }) =>
    affected
      .map(({ package: { name } }) => name)
      .filter((name) => !files.has(indexPaths.plugin(name)))
      .map((plugin) => finding('ADVISORY_PLUGIN_UNKNOWN', { file: indexPaths.advisory(id) }, { plugin })),
  );

/**
 * An advisory speaks of a version that there is, and of a replacement that may be installed. Warnings: what was meant may
 * be gone, or still to come.
 */
export const checkAdvisoryVersions: IndexRule = ({ snapshot }) => {
  const plugins = pluginsByName(snapshot);
  const { advisories } = toAdvisories(snapshot);
  return advisories.flatMap((advisory) => [
    ...affectsNothing(advisory, plugins),
    ...replacementFindings(advisory, { advisories, plugins }),
  ]);
};

type Plugins = ReadonlyMap<PluginName, SnapshotPlugin>;

function affectsNothing(advisory: Advisory, plugins: Plugins): readonly Finding[] {
  const { id, plugin } = advisory;
  const found = plugins.get(plugin);
  const affects = ({ manifest }: SnapshotPlugin['versions'][number]): boolean =>
    advisoriesAgainst([advisory], plugin, manifest.version).length > 0;
  if (!found || found.versions.some(affects)) return [];
  const facts = { plugin, affected: affectedText(advisory) };
  return [finding('ADVISORY_AFFECTS_NOTHING', { file: indexPaths.advisory(id), path: 'affected' }, facts)];
}

interface Known {
  readonly advisories: readonly Advisory[];
  readonly plugins: Plugins;
}

function replacementFindings({ id, replacement }: Advisory, { advisories, plugins }: Known): readonly Finding[] {
  if (replacement === undefined) return [];
  const [name, range] = splitReplacement(replacement);
  const { versions = [], status } = plugins.get(name) ?? {};
  const isOffered = versions.some(
    ({ manifest: { version } }) =>
      (range === undefined || satisfies(version, range)) &&
      !Object.hasOwn(status?.yanked ?? {}, version) &&
      !blockingAdvisory(advisories, name, version),
  );
  if (isOffered) return [];
  const at = { file: indexPaths.advisory(id), path: 'replacement' };
  return [finding('ADVISORY_REPLACEMENT_UNFIT', at, { replacement })];
}

/** By the `@` that is not the scope's. */
function splitReplacement(replacement: string): readonly [PluginName, string | undefined] {
  const at = replacement.indexOf('@', 1);
  return at === -1 ? [replacement, undefined] : [replacement.slice(0, at), replacement.slice(at + 1)];
}
