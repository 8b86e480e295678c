import assert from 'node:assert/strict';
import type { BridgePlugin } from '../../plugin.ts';
import type { TestContext } from '../context.ts';
import type { ContractCase, ContractOptions } from './contract.ts';
import { sleep } from './own-clock.ts';
import { pluginCases, watched } from './plugin-cases.ts';

export interface BridgeContractOptions extends ContractOptions {
  /** Makes a plugin that is not loaded yet. */
  readonly create: () => BridgePlugin | Promise<BridgePlugin>;
  /** As the loader hands it over. The other side may be away: a bridge must live through that as well. */
  readonly config?: Readonly<Record<string, unknown>>;
}

const KNOWN_STATES = ['healthy', 'degraded', 'unhealthy'];
/** How long an echo may take to show. */
const ECHO_MS = 50;
const NAME = 'a-bridge';

/** What the loader relies on in a bridge: it takes every message, never answers itself, and gives everything back. */
export function bridgeContract({ create, config = {}, ...options }: BridgeContractOptions): readonly ContractCase[] {
  const createWatched = watched(create, CALL_TIMEOUT_MS, options);
  const cases: Readonly<Record<string, Case>> = {
    ...CASES,
    'sends nothing once it is unloaded, and can be loaded again': async (plugin, context) => {
      await plugin.onUnload?.();
      const before = context.client.sent.length;
      context.client.deliver('Alice', 'to nobody');
      await sleep(ECHO_MS);
      assert.deepEqual(context.client.sent.slice(before), []);
      const next = await createWatched();
      await next.onLoad(context);
      await next.onUnload?.();
    },
  };
  return pluginCases({ create: createWatched, context: { config, agentName: NAME, agents: ['Alice'] }, cases });
}

const CALL_TIMEOUT_MS = 5_000;

type Case = (plugin: BridgePlugin, context: TestContext) => Promise<void>;

const CASES: Readonly<Record<string, Case>> = {
  'takes messages of any shape': async (_plugin, { client }) => {
    client.joinChannel('#odd');
    for (const [from, body] of ODD) {
      client.deliver(from, body, { data: { from, body }, thread: body.slice(0, 100) });
      client.deliverChannel({ from, channel: '#general', body });
    }
    await sleep(ECHO_MS);
  },
  'answers none of its own messages': async (_plugin, { client }) => {
    const before = client.sent.length;
    client.deliver(NAME, 'what it said itself', { to: '*' });
    client.deliverChannel({ from: NAME, channel: '#general', body: 'what it said itself' });
    await sleep(ECHO_MS);
    assert.deepEqual(client.sent.slice(before), []);
  },
  'lives through a lost connection to the daemon': async (plugin, { client }) => {
    client.setState('DISCONNECTED');
    await sleep(0);
    client.setState('READY');
    client.deliver('Alice', 'after it');
    await checkHealth(plugin);
  },
  'says how it is': checkHealth,
  'ends when its signal says so': async (_plugin, context) => {
    context.abort();
    await sleep(0);
    context.client.deliver('Alice', 'too late');
  },
};

async function checkHealth(plugin: BridgePlugin): Promise<void> {
  const health = await plugin.health?.();
  assert.ok(health === undefined || KNOWN_STATES.includes(health.status), JSON.stringify(health));
}

/** Who connects to a daemon chooses his name and what he says. */
const ODD: readonly (readonly [string, string])[] = [
  ['Alice', ''],
  ['', 'hello'],
  ['__proto__', '\u0000\u202e\ud800\n\r'],
  ['../..', '<@U123> @everyone <!channel> &amp;'],
  ['x'.repeat(10_000), 'x'.repeat(100_000)],
];
