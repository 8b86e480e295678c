/** A loaded bridge between a relay client that records and a Slack on loopback. */
import type { BridgePlugin } from '@ar-registry/sdk';
import { vi } from 'vitest';
import { createTestContext, type TestContext, type TestContextOptions } from '@ar-registry/sdk/testing';
import { startSlack, type SlackDouble } from '@ar-registry/testing/slack';
import { createSlackBridge, type BridgePorts } from '../src/plugin.ts';

export interface World extends AsyncDisposable {
  readonly slack: SlackDouble;
  readonly context: TestContext;
  readonly plugin: BridgePlugin;
  /** Milliseconds of the waits between attempts; they take no time here, but the turn of the event loop. */
  readonly slept: readonly number[];
  readonly ids: { readonly dev: string; readonly agents: string; readonly dm: string; readonly ada: string };
  /** Ends this load and begins another with the same data directory. */
  reload(): Promise<void>;
}

export interface WorldOptions extends Pick<TestContextOptions, 'agents'> {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly ports?: Partial<BridgePorts>;
  /** Called before the plugin is loaded. */
  readonly before?: (slack: SlackDouble) => void | Promise<void>;
  /** Whether to wait until it is connected. */
  readonly waits?: boolean;
}

/** `#dev` is the relay's `#builds`; `#agents` is the default channel; Ada can write to the app. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const slack = await startSlack();
  const ids = {
    dev: slack.addChannel('dev'),
    agents: slack.addChannel('agents'),
    dm: slack.addChannel('', { kind: 'im' }),
    ada: slack.addUser('Ada Lovelace'),
  };
  await options.before?.(slack);
  const config = {
    slackBotToken: slack.botToken,
    slackAppToken: slack.appToken,
    slackApiUrl: slack.apiUrl,
    slackChannels: '#dev=#builds',
    defaultChannel: '#agents',
    ...options.config,
  };
  const { agents = ['Alice', 'Bob'] } = options;
  const context = await createTestContext({ agentName: 'slack-bridge', agents, config });
  const slept: number[] = [];
  const create = (): BridgePlugin =>
    createSlackBridge({
      nowMs: () => Date.now(),
      random: () => 0,
      async sleep(ms) {
        slept.push(ms);
        await new Promise((resolve) => setTimeout(resolve, 5));
      },
      ...options.ports,
    });
  const world = { slack, context, plugin: create(), slept, ids };
  const connected = async (): Promise<void> => {
    if (options.waits === false) return;
    await vi.waitFor(
      async () => {
        const { details } = (await world.plugin.health?.()) ?? {};
        if (details?.['connection'] !== 'connected') throw new Error('not connected yet');
      },
      { interval: 5, timeout: 5000 },
    );
  };
  try {
    await world.plugin.onLoad(context);
    await connected();
  } catch (error) {
    await context.dispose();
    await slack[Symbol.asyncDispose]();
    throw error;
  }
  return {
    ...world,
    get plugin() {
      return world.plugin;
    },
    async reload() {
      await world.plugin.onUnload?.();
      world.plugin = create();
      await world.plugin.onLoad(context);
      await connected();
    },
    async [Symbol.asyncDispose]() {
      await world.plugin.onUnload?.();
      await context.dispose();
      await slack[Symbol.asyncDispose]();
    },
  };
}
