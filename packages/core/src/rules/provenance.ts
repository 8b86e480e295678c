import { finding, type Finding } from '../findings/index.ts';
import { pluginsByName } from './plugins-by-name.ts';
import type { ChangeRule } from './rule.ts';

/**
 * A plugin whose versions prove where they come from does not stop doing so without a person having looked: that is what
 * somebody does who has the owner's account and not his repository.
 */
export const checkProvenance: ChangeRule = ({ base, added }) => {
  const known = pluginsByName(base.snapshot);
  return added.flatMap(({ name, record, path }): readonly Finding[] => {
    if (record.source?.provenance) return [];
    const before = known.get(name)?.versions.find(({ source }) => source?.provenance !== undefined);
    if (!before) return [];
    const what = `${name}@${record.manifest.version} has no provenance, and ${before.manifest.version} has`;
    return [finding('REVIEW_REQUIRED', { file: path }, { what })];
  });
};
