import { describe, expect, it } from 'vitest';
import { createWorld } from './world.ts';

describe('the connection', () => {
  it('takes a session up again, and misses nothing in between', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    discord.gateway.end();
    await discord.until(() => discord.gateway.count === 0);
    discord.say(ids.dev, 'meanwhile', { user: ids.ada });
    expect(await context.client.waitForSent()).toMatchObject({ body: 'Ada Lovelace: meanwhile' });
    expect([discord.gateway.identified, discord.gateway.resumed]).toEqual([1, 1]);
    await expect.poll(async () => (await world.plugin.health?.())?.status).toBe('healthy');
  });

  it('begins a new session where the old one is not valid any more', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    discord.gateway.invalidate();
    await discord.until(() => discord.gateway.identified === 2);
    await expect.poll(async () => (await world.plugin.health?.())?.status).toBe('healthy');
    discord.say(ids.dev, 'new', { user: ids.ada });
    expect(await context.client.waitForSent()).toMatchObject({ body: 'Ada Lovelace: new' });
  });

  it('asks for what was written while it was away, once', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    discord.say(ids.dev, 'before', { user: ids.ada });
    await context.client.waitForSent();
    await world.plugin.onUnload?.();
    for (const text of ['one', 'two']) discord.say(ids.dev, text, { user: ids.ada });
    await world.reload();
    await context.client.waitForSent(({ body }) => body.endsWith('two'));
    await world.reload();
    discord.say(ids.dev, 'after', { user: ids.ada });
    await context.client.waitForSent(({ body }) => body.endsWith('after'));
    expect(context.client.sent.map(({ body }) => body.replace('Ada Lovelace: ', ''))).toEqual([
      'before',
      'one',
      'two',
      'after',
    ]);
  });

  it('says that an intent is missing, and tries again', async () => {
    await using world = await createWorld({ waits: false, before: (discord) => (discord.gateway.refuseWith = 4014) });
    const { discord, context } = world;
    await discord.until(() => discord.gateway.identified === 1);
    expect(JSON.stringify(context.logger.entries)).toContain('Message Content');
    await expect.poll(async () => (await world.plugin.health?.())?.status).toBe('healthy');
  });

  it('says that the token is not valid, and tries again, longer each time', async () => {
    await using world = await createWorld({ waits: false, config: { discordBotToken: 'wrong.token' } });
    await expect.poll(async () => (await world.plugin.health?.())?.message).toContain('TokenInvalid');
    await expect.poll(() => world.slept.slice(0, 3)).toEqual([1000, 2000, 4000]);
    expect(JSON.stringify(world.context.logger.entries)).not.toContain('wrong.token');
  });

  it('has as many shards as Discord recommends, and hears each message once', async () => {
    await using world = await createWorld({ shards: 2 });
    const { discord, context, ids } = world;
    expect(await world.plugin.health?.()).toMatchObject({ details: { shards: 2 } });
    for (const text of ['one', 'two']) discord.say(ids.dev, text, { user: ids.ada });
    await context.client.waitForSent(({ body }) => body.endsWith('two'));
    expect(context.client.sent).toHaveLength(2);
  }, 20_000);
});
