/** A loaded bridge between a relay client that records and a Discord on loopback. */
import type { BridgePlugin } from '@ar-registry/sdk';
import { createTestContext, type TestContext } from '@ar-registry/sdk/testing';
import { startDiscord, type DiscordDouble } from '@ar-registry/testing/discord';
import { vi } from 'vitest';
import { createDiscordBridge } from '../src/plugin.ts';

export interface World extends AsyncDisposable {
  readonly discord: DiscordDouble;
  readonly context: TestContext;
  readonly plugin: BridgePlugin;
  /** Milliseconds of the waits between attempts; they take no time here, but the turn of the event loop. */
  readonly slept: readonly number[];
  readonly ids: { readonly dev: string; readonly agents: string; readonly dm: string; readonly ada: string };
  /** Ends this load and begins another with the same data directory. */
  reload(): Promise<void>;
}

export interface WorldOptions {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly shards?: number;
  /** Called before the plugin is loaded. */
  readonly before?: (discord: DiscordDouble) => void;
  /** Whether to wait until it is connected. */
  readonly waits?: boolean;
}

/** `dev` is the relay's `#builds`; `agents` is the default channel; Ada can write to the bot. */
export async function createWorld({
  config = {},
  shards = 1,
  before,
  waits = true,
}: WorldOptions = {}): Promise<World> {
  const discord = await startDiscord({ shards });
  const ids = {
    dev: discord.addChannel('dev'),
    agents: discord.addChannel('agents'),
    dm: discord.addChannel('', 'dm'),
    ada: discord.addUser('Ada Lovelace'),
  };
  before?.(discord);
  const given = {
    discordBotToken: discord.token,
    discordApiUrl: discord.apiUrl,
    discordChannels: `${ids.dev}=#builds`,
    discordDefaultChannel: ids.agents,
    ...config,
  };
  const context = await createTestContext({ agentName: 'discord-bridge', agents: ['Alice', 'Bob'], config: given });
  const slept: number[] = [];
  const create = (): BridgePlugin =>
    createDiscordBridge({
      nowMs: () => Date.now(),
      random: () => 0,
      async sleep(ms) {
        slept.push(ms);
        await new Promise((resolve) => setTimeout(resolve, 5));
      },
    });
  const world = { plugin: create() };
  const connected = async (): Promise<void> => {
    if (waits) await vi.waitFor(() => stateOf(world.plugin, 'connected'), { interval: 5, timeout: 5000 });
  };
  await world.plugin.onLoad(context);
  await connected();
  return {
    discord,
    context,
    slept,
    ids,
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
      await discord[Symbol.asyncDispose]();
    },
  };
}

async function stateOf(plugin: BridgePlugin, wanted: string): Promise<void> {
  const { details } = (await plugin.health?.()) ?? {};
  if (details?.['connection'] !== wanted) throw new Error(`It is not ${wanted} yet.`);
}
