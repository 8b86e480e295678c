import { describe, expect, it } from 'vitest';
import { createWorld } from './world.ts';

describe('what is written in Discord', () => {
  it('comes into the relay’s channel, with its author, its thread and what it mentions', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    const id = discord.say(ids.dev, `<@900000000000000002> @Bob see <#${ids.dev}> <:ok:900000000000000007> <t:0:R>`, {
      user: ids.ada,
    });
    expect(await context.client.waitForSent()).toEqual({
      channel: '#builds',
      body: 'Ada Lovelace: @discord-bridge @Bob see #dev :ok: 1970-01-01T00:00:00.000Z',
      thread: `discord:${ids.dev}:${id}`,
      mentions: ['Bob'],
      data: {
        discord: { event: 'new', id, channel: ids.dev, channelName: 'dev', user: ids.ada, userName: 'Ada Lovelace' },
      },
    });
    // Guilds, their messages, what is in them, and direct messages: nothing else.
    expect(discord.gateway.intents).toBe(1 | 512 | 32_768 | 4096);
  });

  it('keeps to its thread, and to the message that it answers', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    const root = discord.say(ids.dev, 'one', { user: ids.ada });
    discord.say(ids.dev, 'two', {
      user: ids.ada,
      fields: { type: 19, message_reference: { message_id: root, channel_id: ids.dev } },
    });
    const thread = discord.addChannel('A thread', 'thread', ids.dev);
    discord.say(thread, 'three', { user: ids.ada });
    await context.client.waitForSent(({ body }) => body.endsWith('three'));
    expect(context.client.sent.map((sent) => [sent.channel, sent.thread])).toEqual([
      ['#builds', `discord:${ids.dev}:${root}`],
      ['#builds', `discord:${ids.dev}:${root}`],
      ['#builds', `discord:${ids.dev}:${thread}`],
    ]);
  });

  it('brings files as links', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    const attachments = [
      {
        id: '900000000000000010',
        filename: 'a.pdf',
        content_type: 'application/pdf',
        size: 1,
        url: 'https://cdn.example/a.pdf',
        proxy_url: '',
      },
    ];
    discord.say(ids.dev, '', { user: ids.ada, fields: { attachments } });
    expect((await context.client.waitForSent()).body).toBe(
      'Ada Lovelace:\nFile: a.pdf (application/pdf) https://cdn.example/a.pdf',
    );
  });

  it('tells of edits and deletions, but not of previews of links', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    const id = discord.say(ids.dev, 'a', { user: ids.ada });
    discord.edit(ids.dev, id, { content: 'a', user: ids.ada });
    discord.edit(ids.dev, id, { content: 'b', user: ids.ada });
    discord.dispatch('MESSAGE_DELETE', { id, channel_id: ids.dev, guild_id: '900000000000000001' });
    await context.client.waitForSent(({ body }) => body.includes('deleted'));
    expect(context.client.sent.map(({ body }) => body)).toEqual([
      'Ada Lovelace: a',
      'Ada Lovelace edited: b',
      'Ada Lovelace deleted a message.',
    ]);
  });

  it('is not heard from channels that are not named, from itself, and from other bots unless that is wanted', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    const other = discord.addChannel('random');
    discord.dispatch('CHANNEL_CREATE', {
      id: other,
      type: 0,
      name: 'random',
      guild_id: '900000000000000001',
      permission_overwrites: [],
    });
    discord.say(other, 'elsewhere', { user: ids.ada });
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: 'mine' });
    await discord.until(() => discord.posted.length === 1);
    discord.say(ids.dev, 'a bot', {
      fields: { author: { id: '900000000000000011', username: 'CI', discriminator: '0', bot: true } },
    });
    discord.say(ids.dev, '', { user: ids.ada, fields: { type: 6 } });
    discord.say(ids.dev, 'last', { user: ids.ada });
    await context.client.waitForSent(({ body }) => body.endsWith('last'));
    expect(context.client.sent).toHaveLength(1);
  });

  it('goes to the agent that is named, when it is written to the bot or in the default channel', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    const first = discord.say(ids.dm, 'alice: build it', { user: ids.ada });
    discord.say(ids.agents, '@Bob test it', { user: ids.ada });
    await context.client.waitForSent(({ body }) => body.endsWith('test it'));
    context.client.deliver('Alice', 'done', { thread: `discord:${ids.dm}:${first}` });
    context.client.deliver('Bob', 'mine, too', { thread: `discord:${ids.dm}:${first}` });
    await discord.until(() => discord.posted.length === 2);
    expect(context.client.sent).toMatchObject([{ to: 'Alice', body: 'Ada Lovelace: build it' }, { to: 'Bob' }]);
    expect(discord.posted).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          channel: ids.dm,
          content: '**Alice:** done',
          body: expect.objectContaining({ message_reference: { message_id: first, fail_if_not_exists: false } }),
        }),
        // Not into a conversation of somebody else.
        expect.objectContaining({ channel: ids.agents, content: '**Bob:** mine, too' }),
      ]),
    );
  });

  it('is answered with who is there, when it names nobody', async () => {
    await using world = await createWorld();
    const { discord, ids } = world;
    discord.say(ids.dm, 'hello?', { user: ids.ada });
    await discord.until(() => discord.posted.length === 1);
    expect(discord.posted[0]).toMatchObject({ channel: ids.dm, content: expect.stringContaining('Alice, Bob') });
  });

  it('waits for the relay, on the disk, and comes in order', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    context.client.setState('BACKOFF');
    for (const text of ['one', 'two']) discord.say(ids.dev, text, { user: ids.ada });
    await expect.poll(async () => (await world.plugin.health?.())?.details?.['inboundWaiting']).toBe(2);
    await world.reload();
    context.client.setState('READY');
    await context.client.waitForSent(({ body }) => body.endsWith('two'));
    expect(context.client.sent.map(({ body }) => body)).toEqual(['Ada Lovelace: one', 'Ada Lovelace: two']);
  });
});
