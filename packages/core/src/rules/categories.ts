import { latestOf } from '../api/index.ts';
import { finding } from '../findings/index.ts';
import { indexPaths } from '../layout/index.ts';
import { nearest } from '../text/index.ts';
import type { IndexRule } from './rule.ts';

/** The category of a plugin’s latest version is one of the registry’s. A warning: categories come and go. */
export const checkCategories: IndexRule = ({ snapshot }) => {
  const known = snapshot.categories.map(({ id }) => id);
  return snapshot.plugins.flatMap((plugin) => {
    const { category, version } = latestOf(plugin).manifest;
    if (category === undefined || known.includes(category)) return [];
    const [suggestion] = nearest(category, known);
    const at = { file: indexPaths.version(plugin.name, version), path: 'manifest.category' };
    return [finding('CATEGORY_UNKNOWN', at, { category, ...(suggestion === undefined ? {} : { suggestion }) })];
  });
};
