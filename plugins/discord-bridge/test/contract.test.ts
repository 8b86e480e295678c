/** What every bridge keeps, while its service is away. */
import { setTimeout as sleep } from 'node:timers/promises';
import { bridgeContract } from '@ar-registry/sdk/testing';
import { expect, test } from 'vitest';
import { createDiscordBridge } from '../src/plugin.ts';

const config = {
  discordBotToken: 'a.b.c',
  discordApiUrl: 'http://127.0.0.1:9/api',
  discordDefaultChannel: '123456789012345678',
};
const create = () =>
  createDiscordBridge({ nowMs: () => Date.now(), random: () => 0, sleep: (ms) => sleep(Math.min(ms, 5)) });

test.each(bridgeContract({ create, config }))('$title', async ({ run }) => {
  await expect(run()).resolves.toBeUndefined();
});
