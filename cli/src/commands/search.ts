import { SORTS } from '@ar-registry/core/search';
import { ArError } from '@ar-registry/core/errors';
import { defineCommand } from '../command.ts';

const TYPES = ['bridge', 'storage', 'memory', 'policy', 'hook', 'widget'] as const;

export const search = defineCommand({
  name: 'search',
  summary: 'Find plugins in the registry.',
  details: ['Looks in names, tags, descriptions and categories; typing errors in names are forgiven. Without a text, all plugins that the filters let through are listed.'],
  examples: [
    { command: 'search slack', does: 'plugins that have to do with Slack' },
    { command: 'search --type storage --sort updated', does: 'storage adapters, the newest first' },
    { command: 'search webhook --json', does: 'the same for a script' },
  ],
  options: {
    type: { type: 'string', value: 'TYPE', choices: TYPES, summary: 'only plugins of this type' },
    category: { type: 'string', value: 'ID', summary: 'only plugins of this category' },
    tag: { type: 'string', value: 'TAG', summary: 'only plugins with this tag' },
    sort: { type: 'string', value: 'ORDER', choices: SORTS, summary: 'order of the results' },
    limit: { type: 'string', value: 'COUNT', default: '20', summary: 'how many to show, 1 to 1000' },
  },
  positionals: { text: { summary: 'what to look for', optional: true, many: true } },
  async run({ values, args }, { registry, signal, output }) {
    const limit = parseLimit(values.limit);
    const client = await registry();
    const { plugins } = await output.during('Searching', () => client.searchIndex(signal));
    const { searchPlugins } = await import('@ar-registry/core/search');
    const text = args.text.join(' ');
    const { type, category, tag, sort } = values;
    const query = { text, limit, ...(type && { type }), ...(category && { category }), ...(tag && { tag }), ...(sort && { sort }) };
    return { query: text, ...searchPlugins(plugins, query) };
  },
});

function parseLimit(text: string): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= 1000) return limit;
  throw new ArError('USAGE', { problem: `--limit cannot be ${text}; it is 1 to 1000.`, help: 'ar plugin search --help' });
}
