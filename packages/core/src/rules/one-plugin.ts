import type { PluginName } from '@ar-registry/schemas';
import { showPath } from '../archive/index.ts';
import { finding } from '../findings/index.ts';
import { isPluginName, splitName } from '../name/index.ts';
import type { Change, ChangedRecord } from './change.ts';
import type { ChangeRule } from './rule.ts';

/** A submission is about one plugin, and at most its scope: who reviews it should not have to look for a second one. */
export const checkOnePlugin: ChangeRule = (change) => {
  const subject = subjectOf(change);
  if (subject === undefined) return [];
  return change.records
    .filter((record) => !belongsTo(record, subject))
    .map(({ path }) => finding('OTHER_PLUGIN_CHANGED', { file: path }, { path: showPath(path), plugin: subject }));
};

/** The plugin that a version is added of, else the first by name. */
function subjectOf({ added, plugins }: Change): PluginName | undefined {
  return added[0]?.name ?? plugins[0];
}

/** Of what is no record other rules speak. */
function belongsTo({ place }: ChangedRecord, subject: PluginName): boolean {
  if ('name' in place) return place.name === subject;
  if (place.kind === 'scope') return isPluginName(subject) && splitName(subject).scope === place.scope;
  return !['registry', 'categories', 'dependencies', 'dismissed'].includes(place.kind);
}
