import type { LockEntry, WantedPlugin } from '@ar-registry/core/install';
import type { PluginName } from '@ar-registry/schemas';
import { defineCommand, type OptionValues } from '../command.ts';
import type { Context } from '../context.ts';
import { PLUGIN_TYPES } from '../plugin-types.ts';
import type { ListedPlugin } from '../present/list.ts';
import { writtenId } from '../written-id.ts';

const FILTERS = {
  type: { type: 'string', value: 'TYPE', choices: PLUGIN_TYPES, summary: 'browse plugins of this type' },
  category: { type: 'string', value: 'ID', summary: 'browse plugins of this category' },
  tag: { type: 'string', value: 'TAG', summary: 'browse plugins with this tag' },
  official: { type: 'boolean', summary: 'browse official plugins' },
  verified: { type: 'boolean', summary: 'browse verified plugins' },
  available: { type: 'boolean', summary: 'browse all plugins' },
} as const;

export const list = defineCommand({
  name: 'list',
  summary: 'List the plugins of this project, or of the registry.',
  details: [
    'Without a filter: what is installed. With one: what the registry has, by name; several filters must all hold, but --official and --verified together let through either.',
  ],
  examples: [
    { command: 'list', does: 'what is installed' },
    { command: 'list --json', does: 'the same for a script' },
    { command: 'list --type storage', does: 'the storage adapters of the registry' },
    { command: 'list --official', does: 'official plugins' },
  ],
  options: FILTERS,
  positionals: {},
  async run({ values }, context) {
    // The values of the global options are among them.
    const given = [values.type, values.category, values.tag, values.official, values.verified, values.available];
    const isBrowsing = given.some((value) => value !== undefined && value !== false);
    return isBrowsing ? browse(values, context) : listInstalled(context);
  },
});

async function browse(values: OptionValues<typeof FILTERS>, context: Context) {
  const { registry, output, signal } = context;
  const { type } = values;
  const category = writtenId('category', values.category, 'list');
  const tag = writtenId('tag', values.tag, 'list');
  const client = await registry();
  const filters = {
    ...(type === undefined ? {} : { type }),
    ...(category === undefined ? {} : { category }),
    ...(tag === undefined ? {} : { tag }),
    sort: 'name' as const,
  };
  const levels = [...(values.official ? ['official' as const] : []), ...(values.verified ? ['verified' as const] : [])];
  const queries = levels.length === 0 ? [filters] : levels.map((trust) => ({ ...filters, trust }));
  const results = await output.during('Looking at the registry', () =>
    Promise.all(queries.map((query) => client.search(query, signal))),
  );
  if (results.every(({ total }) => total === 0) && (category !== undefined || tag !== undefined)) {
    const { tellUnknown } = await import('../registry/index.ts');
    await tellUnknown({ category, tag }, client, context);
  }
  const plugins = results.flatMap((result) => result.plugins).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { kind: 'browsed', total: plugins.length, plugins } as const;
}

async function listInstalled({ projectDir, dataDir }: Context) {
  const { readProject } = await import('@ar-registry/io/project');
  const project = await projectDir();
  const { wanted, lock } = await readProject(project, dataDir);
  const plugins = Object.entries(wanted.plugins)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, want]) => ({ name, want, entry: Object.hasOwn(lock.plugins, name) ? lock.plugins[name] : undefined }));
  const { knownAgainst } = await import('../install/revoked.ts');
  const locked = plugins.flatMap(({ name, entry }) => (entry ? [{ name, entry }] : []));
  const against = new Map(
    (await knownAgainst(locked, project, { dataDir })).map(({ name, advisories }) => [name, advisories]),
  );
  const listed = await Promise.all(plugins.map((one) => withLink(one, project)));
  return {
    kind: 'listed',
    project,
    plugins: listed.map((one) => ({ ...one, advisories: against.get(one.name) ?? [] })),
  } as const;
}

/** What is linked has the version that its folder has now. */
async function withLink(
  one: { readonly name: PluginName; readonly want: WantedPlugin; readonly entry: LockEntry | undefined },
  project: string,
): Promise<Omit<ListedPlugin, 'advisories'>> {
  const { name, entry } = one;
  if (entry?.source !== 'folder') return one;
  const { readLink } = await import('@ar-registry/io/install');
  const link = await readLink({ name, path: entry.path }, project);
  if (link.kind === 'broken') return { ...one, broken: link.problem };
  return { ...one, entry: { ...entry, version: link.manifest.version, type: link.manifest.type } };
}
