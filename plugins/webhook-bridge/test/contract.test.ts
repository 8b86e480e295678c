/** What every bridge keeps, while its endpoint is away. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { bridgeContract } from '@ar-registry/sdk/testing';
import { expect, test } from 'vitest';
import { createWebhookBridge } from '../src/plugin.ts';
import { SECRET } from './world.ts';

const config = { webhookUrl: 'http://127.0.0.1:9/', webhookSecret: SECRET };

const create = () =>
  createWebhookBridge({
    fetch: globalThis.fetch,
    now: () => new Date(),
    random: () => 0,
    newId: randomUUID,
    sleep: (ms) => sleep(Math.min(ms, 5)),
  });

test.each(bridgeContract({ create, config }))('$title', async ({ run }) => {
  await expect(run()).resolves.toBeUndefined();
});
