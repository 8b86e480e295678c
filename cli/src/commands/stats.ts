import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import { isDayTable } from '@ar-registry/core/stats';
import type { ApiClient } from '@ar-registry/io/api-client';
import type { PluginName, StatsPluginDocument, StatsTotalsDocument } from '@ar-registry/schemas';
import { defineCommand } from '../command.ts';
import { readCounted, readCountedText, type Counted } from '../counted.ts';
import { parseRegistrySpec } from '../plugin-spec.ts';

export const stats = defineCommand({
  name: 'stats',
  summary: 'Show how often a plugin is downloaded and used, and how it does.',
  details: [
    'What its registry has counted: downloads, from the logs of its server, and of those whose users let it be told, active installations, the rate of errors, how long it takes to load and which versions are in use. Nothing small is told as it is, so that nobody is singled out.',
  ],
  examples: [
    { command: 'stats @ar/audit-logger', does: 'the numbers, with bars' },
    { command: 'stats @ar/audit-logger --csv', does: 'by day and version, for a spreadsheet' },
    { command: 'stats @ar/audit-logger --json', does: 'for a script' },
  ],
  options: { csv: { type: 'boolean', summary: 'print what was counted by day and version, with commas between' } },
  positionals: { plugin: { summary: '@scope/name' } },
  freshWillDo: true,
  async run({ values, args }, context) {
    const { signal, output } = context;
    const { name } = parseRegistrySpec(args.plugin);
    const client = await context.registryOf(name);
    return output.during(`Looking up ${name}`, async () => {
      // Asked first, because only this tells a plugin that is not there from one of which nothing was counted.
      await client.plugin(name, signal);
      const [totals, own, table] = await Promise.all([
        readCounted(TOTALS, client, signal),
        readCounted(statsOf(name), client, signal),
        values.csv ? readTable(name, client, signal) : undefined,
      ]);
      return { name, through: totals?.through, stats: own, asTable: values.csv, table };
    });
  },
});

const TOTALS: Counted<StatsTotalsDocument> = {
  route: routes.statsTotals,
  what: 'statistics',
  load: async () => (await import('@ar-registry/schemas/validators/api/stats-totals')).validator,
};

function statsOf(name: PluginName): Counted<StatsPluginDocument> {
  return {
    route: routes.statsPlugin(name),
    what: `statistics of ${name}`,
    load: async () => (await import('@ar-registry/schemas/validators/api/stats-plugin')).validator,
    isRight: (document) => document.name === name,
  };
}

/** It goes into a spreadsheet as it is, so it is nothing but days, versions and numbers. @throws REGISTRY_RESPONSE_INVALID */
async function readTable(name: PluginName, client: ApiClient, signal: AbortSignal): Promise<string | undefined> {
  const route = routes.statsPluginTable(name);
  const text = await readCountedText(route, client, signal);
  if (text === undefined || isDayTable(text)) return text;
  throw new ArError('REGISTRY_RESPONSE_INVALID', {
    url: `${client.registryUrl}/${route}`,
    problem: 'it holds no statistics',
  });
}
