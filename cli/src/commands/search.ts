import { ArError } from '@ar-registry/core/errors';
import { SORT_ORDERS } from '@ar-registry/core/search';
import { defineCommand } from '../command.ts';
import { PLUGIN_TYPES } from '../plugin-types.ts';
import { noteSearch } from '../telemetry/happened.ts';
import { writtenId } from '../written-id.ts';

/** Levels that can be asked for, and the options that do. */
const TRUSTED = ['official', 'verified'] as const;

export const search = defineCommand({
  name: 'search',
  summary: 'Find plugins in the registry.',
  details: [
    'Looks in names, tags, descriptions and categories; typing errors in names are forgiven. Without a text, all plugins that the filters let through are listed.',
  ],
  examples: [
    { command: 'search slack', does: 'plugins that have to do with Slack' },
    { command: 'search --type storage --sort updated', does: 'storage adapters, the newest first' },
    { command: 'search database --official --verified', does: 'only what the registry vouches for' },
    { command: 'search webhook --json', does: 'the same for a script' },
  ],
  options: {
    type: { type: 'string', value: 'TYPE', choices: PLUGIN_TYPES, summary: 'only plugins of this type' },
    category: { type: 'string', value: 'ID', summary: 'only plugins of this category' },
    tag: { type: 'string', value: 'TAG', summary: 'only plugins with this tag' },
    official: { type: 'boolean', summary: 'only official plugins' },
    verified: { type: 'boolean', summary: 'only verified plugins; with --official either' },
    sort: { type: 'string', value: 'ORDER', choices: SORT_ORDERS, summary: 'order of the results' },
    limit: { type: 'string', value: 'COUNT', default: '20', summary: 'how many to show, 1 to 1000' },
  },
  positionals: { text: { summary: 'what to look for', optional: true, many: true } },
  freshWillDo: true,
  async run({ values, args }, context) {
    const { signal, output } = context;
    const limit = parseLimit(values.limit);
    const { type, sort } = values;
    const category = writtenId('category', values.category, 'search');
    const tag = writtenId('tag', values.tag, 'search');
    const client = await context.registry();
    const text = args.text.join(' ');
    const trust = TRUSTED.filter((level) => values[level]);
    const query = { ...given({ type, category, tag, sort }), trust, text, limit };
    const found = await output.during('Searching', () => client.search(query, signal));
    if (found.total === 0 && (category !== undefined || tag !== undefined)) {
      const { tellUnknown } = await import('../registry/index.ts');
      await tellUnknown({ category, tag }, client, context);
    }
    const isFiltered = [type, category, tag].some((filter) => filter !== undefined) || trust.length > 0;
    if (!isFiltered) await noteSearch({ text, total: found.total }, context);
    return { query: text, ...found };
  },
});

/** Without the options that were left out. */
function given<Values extends object>(values: Values): { [Key in keyof Values]?: NonNullable<Values[Key]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Values]?: NonNullable<Values[Key]> };
}

function parseLimit(text: string): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= 1000) return limit;
  throw new ArError('USAGE', {
    problem: `--limit cannot be ${text}; it is 1 to 1000.`,
    help: 'ar plugin search --help',
  });
}
