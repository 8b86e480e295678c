import { finding } from '../findings/index.ts';
import { indexPaths } from '../layout/index.ts';
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
