import assert from 'node:assert/strict';
import type { ConnectionEvent, HookPlugin, MessageEvent, MessageVerdict } from '../../plugin.ts';
import { createTestContext } from '../context.ts';
import type { ContractCase } from './contract.ts';

export interface HookContractOptions {
  /** Makes a plugin that is not loaded yet. */
  readonly create: () => HookPlugin | Promise<HookPlugin>;
  /** As the loader hands it over, with defaults. */
  readonly config?: Readonly<Record<string, unknown>>;
}

const KNOWN_STATES = ['healthy', 'degraded', 'unhealthy'];

/** What the loader relies on in a hook plugin: it takes every event, and says what it means in a way that can be followed. */
export function hookContract({ create, config = {} }: HookContractOptions): readonly ContractCase[] {
  const cases: Readonly<Record<string, (plugin: HookPlugin) => Promise<void>>> = {
    'takes messages of any shape': async (plugin) => {
      for (const event of messages()) {
        checkVerdict(await plugin.beforeMessage?.(event));
        await plugin.onMessage?.(event);
      }
    },
    'takes connections that come and go': async (plugin) => {
      for (const event of CONNECTIONS) {
        await plugin.onConnect?.(event);
        await plugin.onDisconnect?.(event);
      }
    },
    'takes denials of any shape': async (plugin) => {
      for (const message of messages())
        await plugin.onDenied?.({ message, receivers: ['Bob', ''], reason: 'no', plugin: '@me/policy', ts: 0 });
    },
    'leaves events as they are, which others see too': async (plugin) => {
      const events = messages();
      for (const event of events) await Promise.all([plugin.beforeMessage?.(event), plugin.onMessage?.(event)]);
      assert.equal(JSON.stringify(events), JSON.stringify(messages()));
    },
    'says how it is': async (plugin) => {
      const health = await plugin.health?.();
      assert.ok(health === undefined || KNOWN_STATES.includes(health.status), JSON.stringify(health));
    },
  };
  return Object.entries(cases).map(([title, check]) => ({
    title,
    async run() {
      await using context = await createTestContext({ config });
      const plugin = await create();
      await plugin.onLoad?.(context);
      try {
        await check(plugin);
      } finally {
        await plugin.onUnload?.();
      }
    },
  }));
}

function nested(depth: number): Readonly<Record<string, unknown>> {
  return depth === 0 ? { end: true } : { deeper: nested(depth - 1) };
}

/** As the daemon makes them out of frames that anybody may have written. */
const messages = (): readonly MessageEvent[] => [
  { id: 'm1', ts: 0, from: 'Alice', to: 'Bob', kind: 'message', body: 'hello' },
  { id: '', ts: 8.64e15, from: '', to: '*', kind: 'thinking', body: '' },
  {
    id: '../..',
    ts: -1,
    from: '__proto__',
    channel: '#general',
    thread: 't',
    kind: 'state',
    body: '\u0000\u202e\ud800\n\r',
  },
  { id: 'm4', ts: 1.5, from: 'x'.repeat(10_000), topic: 'a', kind: 'action', body: 'x'.repeat(500_000), data: {} },
  {
    id: 'm5',
    ts: 1,
    from: 'Alice',
    to: 'Bob',
    kind: 'message',
    body: 'data',
    data: { list: [1, null, 'x'], ...nested(60) },
  },
];

const CONNECTIONS: readonly ConnectionEvent[] = [
  { connectionId: 'c1', agent: 'Alice', sessionId: 's1', ts: 1, entityType: 'agent', cli: 'claude' },
  { connectionId: '', agent: '\u0000'.repeat(100), sessionId: '', ts: 0 },
].map((event) => Object.freeze(event) as ConnectionEvent);

/** What the loader can follow; anything else is told in the plugin's log, and the message passes. */
function checkVerdict(verdict: MessageVerdict | void): void {
  if (verdict === undefined) return;
  const says = 'drop' in verdict ? verdict.drop : typeof verdict.change === 'object';
  assert.ok(says, `neither drop nor change: ${JSON.stringify(verdict)}`);
}
