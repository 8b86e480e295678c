import assert from 'node:assert/strict';
import type { ConnectionEvent, HookPlugin, MessageEvent, MessageVerdict } from '../../plugin.ts';
import type { ContractCase, ContractOptions } from './contract.ts';
import { pluginCases, watched } from './plugin-cases.ts';

export interface HookContractOptions extends ContractOptions {
  /** Makes a plugin that is not loaded yet. */
  readonly create: () => HookPlugin | Promise<HookPlugin>;
  /** As the loader hands it over, with defaults. */
  readonly config?: Readonly<Record<string, unknown>>;
}

const KNOWN_STATES = ['healthy', 'degraded', 'unhealthy'];

/** What the loader relies on in a hook plugin: it takes every event, and says what it means in a way that can be followed. */
export function hookContract({ create, config = {}, ...options }: HookContractOptions): readonly ContractCase[] {
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
  return pluginCases({ create: watched(create, EVENT_TIMEOUT_MS, options), context: { config }, cases });
}

const EVENT_TIMEOUT_MS = 5_000;

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
  if (verdict === undefined || verdict === null) return;
  const told = `beforeMessage answers neither nothing nor { drop: true } nor { change: { body, data } }: ${JSON.stringify(verdict)}`;
  assert.ok(typeof verdict === 'object', told);
  if ('drop' in verdict && verdict.drop) {
    assert.equal(verdict.drop, true, told);
    assert.ok(['undefined', 'string'].includes(typeof verdict.reason), `the reason of a drop is no text: ${told}`);
    return;
  }
  const change = 'change' in verdict ? verdict.change : undefined;
  assert.ok(typeof change === 'object' && change !== null, told);
  const other = Object.keys(change).filter((key) => key !== 'body' && key !== 'data');
  assert.deepEqual(other, [], `of a message only body and data can be changed: ${told}`);
  assert.ok(['undefined', 'string'].includes(typeof change.body), `the body of a change is no text: ${told}`);
  const { data } = change;
  assert.ok(data === undefined || isRecord(data), `the data of a change is no object: ${told}`);
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
