import type { TypeTemplate } from '../type-template.ts';

const TYPES = `/** What a widget hands to the page that shows it: one shape for each display type of the manifest. */

export interface MetricData {
  readonly type: 'metric';
  readonly value: number;
  readonly unit?: string;
}

export interface TableData {
  readonly type: 'table';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export type WidgetData = MetricData | TableData;

export interface Widget {
  /** The data of a display, by its name under 'displays' in ar-plugin.yaml. Rejects for another name. */
  getData(name: string): Promise<WidgetData>;
}
`;

const SOURCE = `import type { Plugin, PluginContext } from '@ar-registry/sdk';
import type { Widget, WidgetData } from './widget.ts';

let context: PluginContext | undefined;

const plugin: Plugin & Widget = {
  async onLoad(loaded) {
    context = loaded;
  },

  async onUnload() {
    context = undefined;
  },

  async health() {
    return context ? { status: 'healthy' } : { status: 'unhealthy', message: 'Not loaded.' };
  },

  async getData(name) {
    if (!context) throw new Error('The widget is not loaded.');
    return dataOf(name, context.daemon.getAgents());
  },
};

export default plugin;

function dataOf(name: string, agents: readonly string[]): WidgetData {
  switch (name) {
    case 'connected_agents':
      return { type: 'metric', value: agents.length };
    case 'agents':
      return { type: 'table', columns: ['agent'], rows: agents.toSorted().map((agent) => [agent]) };
    default:
      throw new RangeError('There is no display called ' + name + '.');
  }
}
`;

const TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestContext } from '@ar-registry/sdk/testing';
import plugin from '../src/index.ts';

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
  sources: { 'src/index.ts': SOURCE, 'src/widget.ts': TYPES, 'test/index.test.ts': TEST },
  usage: `Two displays: the number of connected agents, and their names.
`,
};
