import { describe, expect, it } from 'vitest';
import { createWorld } from './world.ts';

describe('what is written in Slack', () => {
  it('comes into the relay’s channel, with its author, its thread and what it mentions', async () => {
    await using world = await createWorld();
    const { slack, context, ids } = world;
    const text = `<@${ids.ada}> &amp; <#${ids.dev}|dev>: @Bob see <https://example.com/a?b=1&amp;c=2|the log> &lt;b&gt;`;
    const { ts, id } = slack.say(ids.dev, text, { user: ids.ada });
    const sent = await context.client.waitForSent();
    expect(sent).toEqual({
      channel: '#builds',
      body: 'Ada Lovelace: @Ada Lovelace & #dev: @Bob see the log (https://example.com/a?b=1&c=2) <b>',
      thread: `slack:${ids.dev}:${ts}`,
      mentions: ['Bob'],
      data: {
        slack: { event: 'new', channel: ids.dev, channelName: 'dev', user: ids.ada, userName: 'Ada Lovelace', ts },
      },
    });
    await slack.until(() => slack.sockets.isAcknowledged(id));
  });

  it('keeps answers in the thread that they answer in', async () => {
    await using world = await createWorld();
    const { slack, context, ids } = world;
    const root = slack.say(ids.dev, 'one', { user: ids.ada });
    slack.say(ids.dev, 'two', { user: ids.ada, threadTs: root.ts });
    await context.client.waitForSent(({ body }) => body.endsWith('two'));
    expect(context.client.sent.map(({ thread }) => thread)).toEqual(Array(2).fill(`slack:${ids.dev}:${root.ts}`));
  });

  it('brings files as links', async () => {
    await using world = await createWorld();
    const { slack, context, ids } = world;
    const files = [
      { name: 'a\nb.pdf', mimetype: 'application/pdf', permalink: 'https://example.slack.com/files/1' },
      { name: 'evil', permalink: 'javascript:alert(1)' },
    ];
    slack.say(ids.dev, '', { user: ids.ada, fields: { subtype: 'file_share', files } });
    const { body } = await context.client.waitForSent();
    expect(body).toBe('Ada Lovelace:\nFile: a b.pdf (application/pdf) https://example.slack.com/files/1');
  });

  it('tells of edits and deletions, but not of previews of links', async () => {
    await using world = await createWorld();
    const { slack, context, ids } = world;
    const message = { type: 'message', user: ids.ada, text: 'a', ts: '1700000900.000001' };
    const changed = { type: 'message', subtype: 'message_changed', channel: ids.dev, ts: '1700000900.000002' };
    slack.emit({ ...changed, message, previous_message: message });
    slack.emit({ ...changed, message: { ...message, text: 'b' }, previous_message: message });
    slack.emit({ ...changed, subtype: 'message_deleted', deleted_ts: message.ts, previous_message: message });
    await context.client.waitForSent(({ body }) => body.includes('deleted'));
    const thread = `slack:${ids.dev}:${message.ts}`;
    expect(context.client.sent).toMatchObject([
      { body: 'Ada Lovelace edited: b', thread },
      { body: 'Ada Lovelace deleted a message.', thread },
    ]);
  });

  it('is heard once, however often Slack says it', async () => {
    await using world = await createWorld();
    const { slack, context, ids } = world;
    const { ts } = slack.say(ids.dev, 'one', { user: ids.ada });
    const again = { type: 'message', channel: ids.dev, channel_type: 'channel', user: ids.ada, text: 'one', ts };
    slack.emit(again);
    slack.say(ids.dev, 'two', { user: ids.ada });
    await context.client.waitForSent(({ body }) => body.endsWith('two'));
    expect(context.client.sent.map(({ body }) => body)).toEqual(['Ada Lovelace: one', 'Ada Lovelace: two']);
  });

  it('is not heard from channels that are not named, from itself, and from other bots unless that is wanted', async () => {
    await using world = await createWorld();
    const { slack, context, ids } = world;
    const other = slack.addChannel('random');
    slack.say(other, 'elsewhere', { user: ids.ada });
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: 'mine' });
    await slack.until(() => slack.posted.length === 1);
    slack.say(ids.dev, 'a bot', { fields: { subtype: 'bot_message', bot_id: 'B0OTHER001', username: 'CI' } });
    slack.say(ids.dev, 'joined', { user: ids.ada, fields: { subtype: 'channel_join' } });
    const foreign = { metadata: { event_type: 'agent_relay_message', event_payload: {} } };
    slack.say(ids.dev, 'another relay', { user: ids.ada, fields: foreign });
    slack.say(ids.dev, 'last', { user: ids.ada });
    await context.client.waitForSent(({ body }) => body.endsWith('last'));
    expect(context.client.sent).toHaveLength(1);
  });

  it('is heard from other bots where that is wanted, under the name that they gave themselves', async () => {
    await using world = await createWorld({ config: { slackBots: true } });
    const { slack, context, ids } = world;
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: 'mine' });
    slack.say(ids.dev, 'failed', {
      fields: { subtype: 'bot_message', user: undefined, bot_id: 'B0OTHER001', username: 'CI' },
    });
    const sent = await context.client.waitForSent();
    expect(sent.body).toBe('CI: failed');
  });

  it('goes to the agent that is named, when it is written to the app or in the default channel', async () => {
    await using world = await createWorld();
    const { slack, context, ids } = world;
    const first = slack.say(ids.dm, 'alice: build it', { user: ids.ada });
    slack.say(ids.agents, '@Bob test it', { user: ids.ada });
    slack.say(ids.dm, 'now', { user: ids.ada, threadTs: first.ts });
    await context.client.waitForSent(({ body }) => body.endsWith('now'));
    expect(context.client.sent).toMatchObject([
      { to: 'Alice', body: 'Ada Lovelace: build it', thread: `slack:${ids.dm}:${first.ts}` },
      { to: 'Bob', body: 'Ada Lovelace: test it' },
      { to: 'Alice', body: 'Ada Lovelace: now', thread: `slack:${ids.dm}:${first.ts}` },
    ]);
  });

  it('is answered with who is there, when it names nobody', async () => {
    await using world = await createWorld();
    const { slack, context, ids } = world;
    const { ts } = slack.say(ids.dm, 'hello?', { user: ids.ada });
    await slack.until(() => slack.posted.length === 1);
    expect(slack.posted).toMatchObject([{ channel: ids.dm, threadTs: ts }]);
    expect(slack.posted[0]?.text).toContain('Connected are: Alice, Bob');
    expect(context.client.sent).toEqual([]);
  });

  it('waits for the relay, on the disk, and comes in order', async () => {
    await using world = await createWorld();
    const { slack, context, ids } = world;
    context.client.setState('BACKOFF');
    const one = slack.say(ids.dev, 'one', { user: ids.ada });
    const two = slack.say(ids.dev, 'two', { user: ids.ada });
    await slack.until(() => [one, two].every(({ id }) => slack.sockets.isAcknowledged(id)));
    expect(await world.plugin.health?.()).toMatchObject({ details: { inboundWaiting: 2 } });
    await world.reload();
    context.client.setState('READY');
    await context.client.waitForSent(({ body }) => body.endsWith('two'));
    expect(context.client.sent.map(({ body }) => body)).toEqual(['Ada Lovelace: one', 'Ada Lovelace: two']);
  });

  it('is not acknowledged, and so sent again, where there is no room', async () => {
    await using world = await createWorld({ config: { slackQueueSize: 1 } });
    const { slack, context, ids } = world;
    context.client.setState('BACKOFF');
    slack.say(ids.dev, 'one', { user: ids.ada });
    const two = slack.say(ids.dev, 'two', { user: ids.ada });
    await slack.until(
      () => context.metrics.total('dropped', { direction: 'in' }) === 1 || slack.sockets.isAcknowledged(two.id),
    );
    expect(slack.sockets.isAcknowledged(two.id)).toBe(false);
    context.client.setState('READY');
    await context.client.waitForSent(({ body }) => body.endsWith('one'));
    slack.sockets.terminate();
    await context.client.waitForSent(({ body }) => body.endsWith('two'));
    await slack.until(() => slack.sockets.isAcknowledged(two.id));
  });

  it('has the names of people and channels that the configuration gives them, or that they have by then', async () => {
    await using world = await createWorld({
      before: (slack) => void slack.addUser('Grace'),
      config: { slackUsers: 'U0TEST0005=The Admiral' },
    });
    const { slack, context, ids } = world;
    slack.say(ids.dev, `one of <@${ids.ada}>`, { user: 'U0TEST0005' });
    await context.client.waitForSent(({ body }) => body === 'The Admiral: one of @Ada Lovelace');
    slack.rename(ids.ada, 'Ada King');
    slack.rename(ids.agents, 'robots');
    slack.say(ids.dev, `two in <#${ids.agents}>`, { user: ids.ada });
    await context.client.waitForSent(({ body }) => body === 'Ada King: two in #robots');
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: 'ask @The Admiral or @Ada King' });
    await slack.until(() => slack.posted.length === 1);
    expect(slack.posted[0]?.text).toBe(`*Alice:* ask <@U0TEST0005> or <@${ids.ada}>`);
  });

  it('stops, and says so, where the channel has another name than the one that is configured', async () => {
    await using world = await createWorld();
    const { slack, context, ids } = world;
    slack.rename(ids.dev, 'development');
    slack.say(ids.dev, 'nobody hears it', { user: ids.ada });
    slack.say(ids.dm, 'Alice: you hear it', { user: ids.ada });
    expect((await context.client.waitForSent()).body).toBe('Ada Lovelace: you hear it');
    expect(await world.plugin.health?.()).toMatchObject({
      status: 'degraded',
      message: expect.stringContaining('does not see #dev') as string,
    });
  });

  it('shows ids where names cannot be looked up', async () => {
    await using world = await createWorld({ before: (slack) => slack.plan('users.list', { error: 'missing_scope' }) });
    const { slack, context, ids } = world;
    slack.plan('users.info', { retryAfterSeconds: 30 });
    slack.say(ids.dev, 'hi', { user: ids.ada });
    expect((await context.client.waitForSent()).body).toBe(`${ids.ada}: hi`);
  });
});
