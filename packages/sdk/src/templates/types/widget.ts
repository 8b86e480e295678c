import type { TypeTemplate } from '../type-template.ts';

const SOURCE = `import type { PluginContext, WidgetData, WidgetPlugin } from '@ar-registry/sdk';

/** One load of the plugin: made by onLoad, dropped by onUnload. */
interface Watch {
  readonly context: PluginContext;
  /** Seconds since the epoch, and how many agents were connected then. */
  readonly history: { readonly at: number; readonly agents: number }[];
}

const MAX_HISTORY = 300;

let watch: Watch | undefined;

const plugin: WidgetPlugin = {
  async onLoad(context) {
    watch = { context, history: [] };
  },

  async onUnload() {
    watch = undefined;
  },

  async health() {
    return watch ? { status: 'healthy' } : { status: 'unhealthy', message: 'Not loaded.' };
  },

  /** Called every few seconds for each display of the manifest, while somebody looks at the page. */
  async getData(name) {
    if (!watch) throw new Error('The widget is not loaded.');
    return dataOf(name, watch);
  },
};

export default plugin;

function dataOf(name: string, { context, history }: Watch): WidgetData {
  const agents = context.daemon.getAgents();
  switch (name) {
    case 'connected_agents':
      return { type: 'metric', value: agents.length };
    case 'agents':
      return { type: 'table', columns: ['agent'], rows: agents.toSorted().map((agent) => [agent]) };
    case 'history':
      history.push({ at: Date.now() / 1000, agents: agents.length });
      history.splice(0, history.length - MAX_HISTORY);
      return chartOf(history);
    default:
      throw new RangeError('There is no display called ' + name + '.');
  }
}

function chartOf(history: Watch['history']): WidgetData {
  const values = history.map(({ agents }) => agents);
  return { type: 'chart', x: history.map(({ at }) => at), series: [{ label: 'Connected agents', values }] };
}
`;

const TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestContext, widgetContract } from '@ar-registry/sdk/testing';
import plugin from '../src/index.ts';

/** As ar-plugin.yaml declares them. */
const displays = { connected_agents: 'metric', agents: 'table', history: 'chart' } as const;

/** What the loader relies on: the same cases for every widget. */
for (const { title, run } of widgetContract({ create: () => plugin, displays })) test(title, run);

test('shows how many agents are connected, and which', async (t) => {
  const context = await createTestContext({ agentName: 'widget', agents: ['Bob', 'Alice'] });
  t.after(context.dispose);
  await plugin.onLoad?.(context);

  assert.deepEqual(await plugin.getData('connected_agents'), { type: 'metric', value: 3 });
  assert.deepEqual(await plugin.getData('agents'), {
    type: 'table',
    columns: ['agent'],
    rows: [['Alice'], ['Bob'], ['widget']],
  });
});

test('draws a point each time it is asked', async (t) => {
  const context = await createTestContext({ agents: ['Alice'] });
  t.after(context.dispose);
  await plugin.onLoad?.(context);

  await plugin.getData('history');
  const chart = await plugin.getData('history');

  assert.equal(chart.type, 'chart');
  assert.deepEqual(chart.type === 'chart' && chart.series, [{ label: 'Connected agents', values: [2, 2] }]);
});

test('rejects a display that it does not have', async (t) => {
  const context = await createTestContext();
  t.after(context.dispose);
  await plugin.onLoad?.(context);

  await assert.rejects(plugin.getData('other'), RangeError);
});

test('rejects once it is unloaded', async (t) => {
  const context = await createTestContext();
  t.after(context.dispose);
  await plugin.onLoad?.(context);
  await plugin.onUnload?.();

  await assert.rejects(plugin.getData('agents'));
});
`;

export const WIDGET: TypeTemplate = {
  description: 'Shows which agents are connected',
  category: 'observability',
  manifest: `displays:
  - type: metric
    data: connected_agents
    title: Connected agents
  - type: table
    data: agents
    title: Agents
  - type: chart
    data: history
    title: Connected agents over time

# What the plugin may do: nothing but write to its own data directory.
permissions: {}
`,
  config: [],
  configSchema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: {},
  },
  sources: { 'src/index.ts': SOURCE, 'test/index.test.ts': TEST },
  usage: `Three displays: how many agents are connected, which, and how that changes.
`,
};
