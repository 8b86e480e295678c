import type { StatusRecord, Version } from '@ar-registry/schemas';
import { finding, type Finding } from '../findings/index.ts';
import { indexPaths } from '../layout/index.ts';
import type { SnapshotPlugin } from '../snapshot/index.ts';
import { pluginsByName } from './plugins-by-name.ts';
import type { ChangeRule } from './rule.ts';

/**
 * What an owner may change alone keeps the plugin installable: `latest` stays, and no dist-tag leads to a version that
 * was yanked, as long as there is one that was not.
 */
export const checkStatus: ChangeRule = ({ base, head, plugins }) => {
  const before = pluginsByName(base.snapshot);
  const after = pluginsByName(head.snapshot);
  return plugins.flatMap((name) => {
    const plugin = after.get(name);
    return plugin ? statusFindings(plugin, before.get(name)?.status) : [];
  });
};

/** Only of what the change brings: a tag that led to a yanked version before is not its fault. */
function statusFindings({ name, status, versions }: SnapshotPlugin, before?: StatusRecord): readonly Finding[] {
  const at = { file: indexPaths.status(name) };
  const isYanked = (version: Version): boolean => Object.hasOwn(status.yanked ?? {}, version);
  const installable = versions.map(({ manifest }) => manifest.version).filter((version) => !isYanked(version));
  if (installable.length === 0) return [];
  const led = Object.entries(status.distTags).filter(([, version]) => isYanked(version));
  return [
    ...(status.distTags['latest'] === undefined && before?.distTags['latest'] !== undefined
      ? [finding('DIST_TAG_LATEST_MISSING', at, { plugin: name })]
      : []),
    ...led
      .filter(([tag, version]) => !wasSo(before, tag, version))
      .map(([tag, version]) => finding('DIST_TAG_YANKED', { ...at, path: `distTags.${tag}` }, { tag, version })),
  ];
}

function wasSo(before: StatusRecord | undefined, tag: string, version: Version): boolean {
  return before?.distTags[tag] === version && Object.hasOwn(before.yanked ?? {}, version);
}
