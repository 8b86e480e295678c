import { describe, expect, it } from 'vitest';
import { createWorld } from './world.ts';

const CREATE = 'POST /channels/:channel/messages';
const THREAD = 'POST /channels/:channel/messages/:message/threads';

describe('what agents write', () => {
  it('is posted to the channel that is tied to theirs, and notifies nobody', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    discord.say(ids.dev, 'hi', { user: ids.ada });
    await context.client.waitForSent();
    context.client.deliverChannel({ from: 'A*l', channel: '#builds', body: 'ok @Ada Lovelace, @everyone <b>' });
    await discord.until(() => discord.posted.length === 1);
    expect(discord.posted).toMatchObject([
      {
        channel: ids.dev,
        content: `**A\\*l:** ok <@${ids.ada}>, @everyone <b>`,
        body: { allowed_mentions: { parse: [], users: [], replied_user: false } },
      },
    ]);
  });

  it('notifies whom it mentions where that is wanted', async () => {
    await using world = await createWorld({ config: { discordPings: true, discordUsers: '123456789012345678=Grace' } });
    const { discord, context } = world;
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: '@grace: look' });
    await discord.until(() => discord.posted.length === 1);
    expect(discord.posted[0]?.body).toMatchObject({ allowed_mentions: { parse: [], users: ['123456789012345678'] } });
  });

  it('is in one thread where it is in one thread of the relay, and answers come back into it', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    const place = { from: 'Alice', channel: '#builds', thread: 'deploy-7' };
    for (const body of ['one', 'two', 'three']) context.client.deliverChannel({ ...place, body });
    await discord.until(() => discord.posted.length === 3);
    const [root] = discord.posted;
    expect(discord.posted.map(({ channel }) => channel)).toEqual([ids.dev, root?.id, root?.id]);
    expect(discord.channels.get(root?.id ?? '')).toMatchObject({ name: 'two', kind: 'thread' });
    await world.reload();
    discord.say(root?.id ?? '', 'four', { user: ids.ada });
    expect(await context.client.waitForSent()).toMatchObject({ channel: '#builds', thread: 'deploy-7' });
    context.client.deliverChannel({ ...place, body: 'five' });
    await discord.until(() => discord.posted.length === 4);
    expect(discord.posted.at(-1)?.channel).toBe(root?.id);
  });

  it('answers the message where no thread can be made', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    discord.allowed.threads = false;
    const id = discord.say(ids.dev, 'hi', { user: ids.ada });
    const { thread = '' } = await context.client.waitForSent();
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: 'hello', thread });
    await discord.until(() => discord.posted.length === 1);
    expect(discord.posted[0]).toMatchObject({ channel: ids.dev, body: { message_reference: { message_id: id } } });
  });

  it('goes to the default channel when it is written to the bridge or to all, and people answer the agent alone', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    context.client.deliver('Alice', 'need help');
    context.client.deliver('Bob', 'done', { to: '*' });
    await discord.until(() => discord.posted.length === 2);
    const [help] = discord.posted;
    const fields = { type: 19, message_reference: { message_id: help?.id, channel_id: ids.agents } };
    discord.say(ids.agents, 'coming', { user: ids.ada, fields });
    expect(await context.client.waitForSent()).toMatchObject({ to: 'Alice', body: 'Ada Lovelace: coming' });
  });

  it('is cut at Discord’s limit, in order, with blocks of code closed', async () => {
    await using world = await createWorld();
    const { discord, context } = world;
    const lines = Array.from({ length: 400 }, (_, line) => `line ${line} 😀`).join('\n');
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: `\`\`\`ts\n${lines}\n\`\`\`` });
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: 'after' });
    await discord.until(() => discord.posted.at(-1)?.content === '**Alice:** after');
    const parts = discord.posted.slice(0, -1).map(({ content }) => content.replace('**Alice:** ', ''));
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.map((part) => part.replace(/^```ts\n/, '').replace(/\n```$/, '')).join('\n')).toBe(lines);
  });

  it('waits as long as Discord asks, and keeps its order', async () => {
    await using world = await createWorld();
    const { discord, context } = world;
    discord.plan(CREATE, { retryAfterSeconds: 0.3 });
    const beganMs = performance.now();
    for (const body of ['one', 'two']) context.client.deliverChannel({ from: 'Alice', channel: '#builds', body });
    await discord.until(() => discord.posted.length === 2);
    expect(performance.now() - beganMs).toBeGreaterThan(290);
    expect(discord.posted.map(({ content }) => content)).toEqual(['**Alice:** one', '**Alice:** two']);
  });

  it('is posted once, though the answer was lost', async () => {
    await using world = await createWorld();
    const { discord, context } = world;
    discord.plan(CREATE, { cut: 'after' });
    for (const body of ['one', 'two']) context.client.deliverChannel({ from: 'Alice', channel: '#builds', body });
    await discord.until(() => discord.posted.length === 2);
    expect(discord.posted.map(({ content }) => content)).toEqual(['**Alice:** one', '**Alice:** two']);
    expect(discord.calls(CREATE)).toBe(3);
  });

  it('waits until the bot is given what it lacks, and says what that is', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    discord.plan(CREATE, { status: 403, code: 50_013 }, 40);
    context.client.deliver('Alice', 'stuck', { to: '*' });
    await expect
      .poll(async () => (await world.plugin.health?.())?.message, { interval: 5 })
      .toEqual(expect.stringContaining(`${ids.agents} wait: 50013`));
    await discord.until(() => discord.posted.length === 1);
    await expect.poll(async () => (await world.plugin.health?.())?.status).toBe('healthy');
    expect(JSON.stringify(context.logger.entries)).toContain('lacks a permission');
  });

  it('is shortened where nobody would read it, and mended where it is half a character', async () => {
    await using world = await createWorld();
    const { discord, context } = world;
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: `a\uD800b${'<&>@x '.repeat(200_000)}` });
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: '   ', thread: 'x'.repeat(100_000) });
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: 'after', thread: 'x'.repeat(100_000) });
    await discord.until(() => discord.posted.length > 2 && discord.posted.at(-1)?.content.endsWith('after') === true);
    expect(discord.posted.length).toBeLessThan(60);
    expect(discord.posted.at(-2)?.content).toMatch(/… \d+ more characters$/);
    expect(discord.posted.at(-1)).not.toHaveProperty('threadTs');
  });

  it('is given up alone, where Discord refuses it for good', async () => {
    await using world = await createWorld();
    const { discord, context } = world;
    discord.plan(CREATE, { status: 400, code: 50_035 });
    for (const body of ['one', 'two']) context.client.deliverChannel({ from: 'Alice', channel: '#builds', body });
    await discord.until(() => discord.posted.length === 1);
    expect(discord.posted).toMatchObject([{ content: '**Alice:** two' }]);
    expect(await world.plugin.health?.()).toMatchObject({ details: { givenUp: 1 } });
  });

  it('is kept while Discord is away and the daemon restarts', async () => {
    await using world = await createWorld();
    const { discord, context } = world;
    await discord.stop();
    for (const body of ['one', 'two']) context.client.deliverChannel({ from: 'Alice', channel: '#builds', body });
    await expect.poll(async () => (await world.plugin.health?.())?.status).toBe('unhealthy');
    expect(await world.plugin.health?.()).toMatchObject({ details: { outboundWaiting: 2 } });
    const reloaded = world.reload();
    await discord.start();
    await reloaded;
    await discord.until(() => discord.posted.length === 2);
    expect(discord.posted.map(({ content }) => content)).toEqual(['**Alice:** one', '**Alice:** two']);
    expect(discord.calls(THREAD)).toBe(0);
  });

  it('is dropped, and counted, when the queue is full', async () => {
    await using world = await createWorld({ config: { discordQueueSize: 1 } });
    const { discord, context } = world;
    await discord.stop();
    for (const body of ['one', 'two']) context.client.deliverChannel({ from: 'Alice', channel: '#builds', body });
    expect(await world.plugin.health?.()).toMatchObject({ details: { outboundWaiting: 1, dropped: 1 } });
    await discord.start();
    await discord.until(() => discord.posted.length === 1);
    expect(discord.posted).toMatchObject([{ content: '**Alice:** one' }]);
  });
});
