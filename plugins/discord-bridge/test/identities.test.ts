import { describe, expect, it } from 'vitest';
import { createWorld } from './world.ts';

const config = { discordIdentities: 'webhook' };
const EXECUTE = 'POST /webhooks/:webhook/:token';

describe('agents with names of their own', () => {
  it('speak by one webhook of a channel, also in threads and after a restart, and are not heard again', async () => {
    await using world = await createWorld({ config });
    const { discord, context, ids } = world;
    const place = { channel: '#builds', thread: 'deploy-7' };
    context.client.deliverChannel({ ...place, from: 'Alice', body: 'one' });
    context.client.deliverChannel({ ...place, from: 'Bob', body: 'two' });
    await discord.until(() => discord.posted.length === 2);
    const [root, answer] = discord.posted;
    expect(discord.posted).toMatchObject([
      { channel: ids.dev, username: 'Alice', content: 'one' },
      { channel: root?.id, username: 'Bob', content: 'two' },
    ]);
    expect(answer?.webhook).toBe(root?.webhook);
    await world.reload();
    context.client.deliverChannel({ ...place, from: 'Alice', body: 'three' });
    await discord.until(() => discord.posted.length === 3);
    expect(discord.webhooks).toHaveLength(1);
    discord.say(ids.dev, 'last', { user: ids.ada });
    await context.client.waitForSent();
    expect(context.client.sent).toHaveLength(1);
  });

  it('get another webhook where theirs was deleted', async () => {
    await using world = await createWorld({ config });
    const { discord, context } = world;
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: 'one' });
    await discord.until(() => discord.posted.length === 1);
    discord.webhooks.pop();
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: 'two' });
    await discord.until(() => discord.posted.length === 2);
    expect(discord.posted.map(({ username }) => username)).toEqual(['Alice', 'Alice']);
    expect(discord.calls(EXECUTE)).toBe(3);
  });

  it('speak under the name of the bot where it may have no webhook', async () => {
    await using world = await createWorld({ config, before: ({ allowed }) => (allowed.webhooks = false) });
    const { discord, context } = world;
    for (const body of ['one', 'two']) context.client.deliverChannel({ from: 'Alice', channel: '#builds', body });
    await discord.until(() => discord.posted.length === 2);
    expect(discord.posted.map(({ content }) => content)).toEqual(['**Alice:** one', '**Alice:** two']);
    expect(discord.calls('GET /channels/:channel/webhooks')).toBe(1);
    expect(JSON.stringify(context.logger.entries)).toContain('may not have a webhook');
  });

  it.each(['Discordia', 'here', 'a'.repeat(81)])(
    'speak under the name of the bot where Discord forbids theirs: %s',
    async (from) => {
      await using world = await createWorld({ config });
      const { discord, context } = world;
      context.client.deliverChannel({ from, channel: '#builds', body: 'one' });
      await discord.until(() => discord.posted.length === 1);
      expect(discord.posted).toMatchObject([{ content: `**${from}:** one` }]);
    },
  );
});
