/** What every bridge keeps, while its service is away. */
import { setTimeout as sleep } from 'node:timers/promises';
import { bridgeContract } from '@ar-registry/sdk/testing';
import { expect, test } from 'vitest';
import { createSlackBridge } from '../src/plugin.ts';

const config = {
  slackBotToken: 'xoxb-1',
  slackAppToken: 'xapp-1',
  slackApiUrl: 'http://127.0.0.1:9/api/',
  defaultChannel: '#agents',
};
const create = () =>
  createSlackBridge({ nowMs: () => Date.now(), random: () => 0, sleep: (ms) => sleep(Math.min(ms, 5)) });

test.each(bridgeContract({ create, config }))('$title', async ({ run }) => {
  await expect(run()).resolves.toBeUndefined();
});
