import type { TypeTemplate } from '../type-template.ts';

const SOURCE = `import type { HookPlugin, PluginContext } from '@ar-registry/sdk';

/** One load of the plugin: made by onLoad, dropped by onUnload. */
interface Watch {
  readonly context: PluginContext;
  /** In lower case; empty matches nothing. */
  readonly word: string;
  readonly connected: Set<string>;
  messages: number;
  matches: number;
}

let watch: Watch | undefined;

const plugin: HookPlugin = {
  async onLoad(context) {
    const word = String(context.config['watchWord'] ?? '').toLowerCase();
    watch = { context, word, connected: new Set(), messages: 0, matches: 0 };
    context.logger.info('Watching messages.', { word });
  },

  async onUnload() {
    watch = undefined;
  },

  onMessage(event) {
    if (!watch) return;
    watch.messages += 1;
    watch.context.metrics.counter('messages', 1, { kind: event.kind });
    if (watch.word === '' || !event.body.toLowerCase().includes(watch.word)) return;
    watch.matches += 1;
    watch.context.logger.warn('A message contains the watched word.', { id: event.id, from: event.from });
  },

  onConnect(event) {
    watch?.connected.add(event.connectionId);
    watch?.context.metrics.gauge('connected', watch.connected.size);
  },

  onDisconnect(event) {
    watch?.connected.delete(event.connectionId);
    watch?.context.metrics.gauge('connected', watch.connected.size);
  },

  async health() {
    if (!watch) return { status: 'unhealthy', message: 'Not loaded.' };
    const { connected, messages, matches } = watch;
    return { status: 'healthy', details: { connected: connected.size, messages, matches } };
  },
};

export default plugin;
`;

const TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageEvent } from '@ar-registry/sdk';
import { createTestContext, hookContract } from '@ar-registry/sdk/testing';
import plugin from '../src/index.ts';

/** What the loader relies on: the same cases for every hook. */
for (const { title, run } of hookContract({ create: () => plugin })) test(title, run);

test('counts messages and warns about those that contain the watched word', async (t) => {
  const context = await createTestContext({ config: { watchWord: 'Deploy' } });
  t.after(context.dispose);
  await plugin.onLoad?.(context);

  await plugin.onMessage?.(message('m1', 'good morning'));
  await plugin.onMessage?.(message('m2', 'I will deploy now'));

  assert.equal(context.metrics.total('messages'), 2);
  const warnings = context.logger.entries.filter((entry) => entry.level === 'warn');
  assert.deepEqual(warnings.map((entry) => entry.extra), [{ id: 'm2', from: 'Alice' }]);
  assert.deepEqual((await plugin.health?.())?.details, { connected: 0, messages: 2, matches: 1 });
});

test('knows who is connected', async (t) => {
  const context = await createTestContext();
  t.after(context.dispose);
  await plugin.onLoad?.(context);
  const alice = { connectionId: 'c1', agent: 'Alice', sessionId: 's1', ts: 0 };

  await plugin.onConnect?.(alice);
  assert.equal((await plugin.health?.())?.details?.['connected'], 1);
  await plugin.onDisconnect?.(alice);
  assert.equal((await plugin.health?.())?.details?.['connected'], 0);
});

test('ignores what happens after it was unloaded', async (t) => {
  const context = await createTestContext();
  t.after(context.dispose);
  await plugin.onLoad?.(context);
  await plugin.onUnload?.();

  await plugin.onMessage?.(message('m1', 'too late'));

  assert.equal(context.metrics.total('messages'), 0);
  assert.equal((await plugin.health?.())?.status, 'unhealthy');
});

function message(id: string, body: string): MessageEvent {
  return { id, ts: 0, from: 'Alice', to: 'Bob', kind: 'message', body };
}
`;

export const HOOK: TypeTemplate = {
  description: 'Counts relay messages and warns about a watched word',
  category: 'observability',
  manifest: `hooks:
  onMessage: true
  onConnect: true
  onDisconnect: true

# What the plugin may do: nothing but write to its own data directory.
permissions: {}
`,
  config: [{ key: 'WATCH_WORD', required: false, meaning: 'Messages that contain it are logged as a warning.' }],
  configSchema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: {
      watchWord: { type: 'string', default: '', description: 'Messages that contain it are logged as a warning.' },
    },
  },
  sources: { 'src/index.ts': SOURCE, 'test/index.test.ts': TEST },
  usage: `Counts what passes through the daemon and logs a warning for each message that contains \`WATCH_WORD\`.
`,
};
