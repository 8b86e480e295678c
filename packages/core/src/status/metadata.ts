import type { PluginName, PluginRecord } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { nameProblem } from '../name/index.ts';
import { hideCredentials, toSingleLine, truncate } from '../text/index.ts';
import { unchanged, type OwnedPlugin, type PlannedChange } from './change.ts';

/** What is to be other in `plugin.yaml`; what is not named stays. */
export interface MetadataEdit {
  readonly repository?: string | undefined;
  readonly addAliases?: readonly PluginName[];
  readonly removeAliases?: readonly PluginName[];
  /** The plugin that stands in the place of this one now; null where it is to go by its own name again. */
  readonly renamedTo?: PluginName | null | undefined;
}

/**
 * Changes what `plugin.yaml` says of a plugin, besides its owners and its trust.
 *
 * @throws NAME_INVALID
 */
export function planEdit({ record }: OwnedPlugin, edit: MetadataEdit): PlannedChange {
  const steps = [editRepository, editAliases, editRename];
  const { record: after, effects } = steps.reduce<Edited>(
    (edited, step) => {
      const next = step(edited.record, edit);
      return { record: next.record, effects: [...edited.effects, ...next.effects] };
    },
    { record, effects: [] },
  );
  if (effects.length === 0) return unchanged('It says so already.');
  return { state: 'changed', kind: 'edit', title: `Edit ${record.name}`, effects, record: after };
}

interface Edited {
  readonly record: PluginRecord;
  readonly effects: readonly string[];
}

/** The id was that of the former repository. Credentials in an address would be published with it. */
function editRepository(record: PluginRecord, { repository }: MetadataEdit): Edited {
  const url = repository === undefined ? record.repository.url : hideCredentials(repository);
  if (url === record.repository.url) return { record, effects: [] };
  return { record: { ...record, repository: { url } }, effects: [`the repository is ${url}`] };
}

function editAliases(record: PluginRecord, { addAliases = [], removeAliases = [] }: MetadataEdit): Edited {
  const before = record.aliases ?? [];
  const wanted = [...before, ...addAliases.map(assertName)].filter((alias) => !removeAliases.includes(alias));
  const aliases = [...new Set(wanted)];
  const added = aliases.filter((alias) => !before.includes(alias));
  const removed = before.filter((alias) => !aliases.includes(alias));
  const { aliases: _before, ...rest } = record;
  return {
    record: aliases.length === 0 ? rest : { ...record, aliases },
    effects: [
      ...added.map((alias) => `${alias} becomes an alias of it`),
      ...removed.map((alias) => `${alias} is an alias of it no more`),
    ],
  };
}

function editRename(record: PluginRecord, { renamedTo }: MetadataEdit): Edited {
  const before = record.renamedTo;
  if (renamedTo === undefined || renamedTo === (before ?? null)) return { record, effects: [] };
  const { renamedTo: _before, ...rest } = record;
  if (renamedTo === null) return { record: rest, effects: [`it is renamed to ${before} no more`] };
  return { record: { ...record, renamedTo: assertName(renamedTo) }, effects: [`it is renamed to ${renamedTo}`] };
}

function assertName(name: string): PluginName {
  const problem = nameProblem(name);
  if (problem === undefined) return name;
  throw new ArError('NAME_INVALID', { name: truncate(toSingleLine(name), 80), problem });
}
