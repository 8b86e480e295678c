import { describe, expect, it } from 'vitest';
import { createWorld } from './world.ts';

describe('what agents write', () => {
  it('is posted to the channel that is tied to theirs, escaped, with mentions of those that are known', async () => {
    await using world = await createWorld();
    const { slack, context, ids } = world;
    await slack.until(() => slack.calls('users.list') > 0);
    context.client.deliverChannel({
      from: 'Alice',
      channel: '#builds',
      body: 'ok @Ada Lovelace, a<b && c>d in #dev <!channel> @here',
    });
    await slack.until(() => slack.posted.length === 1);
    expect(slack.posted).toMatchObject([
      {
        channel: ids.dev,
        text: `*Alice:* ok <@${ids.ada}>, a&lt;b &amp;&amp; c&gt;d in <#${ids.dev}> &lt;!channel&gt; @here`,
        metadata: { event_type: 'agent_relay_message' },
      },
    ]);
  });

  it('is in one thread where it is in one thread of the relay, and answers come back into it', async () => {
    await using world = await createWorld();
    const { slack, context, ids } = world;
    const body = { from: 'Alice', channel: '#builds', thread: 'deploy-7' };
    context.client.deliverChannel({ ...body, body: 'one' });
    context.client.deliverChannel({ ...body, body: 'two' });
    await slack.until(() => slack.posted.length === 2);
    const [root, answer] = slack.posted;
    expect(root?.threadTs).toBeUndefined();
    expect(answer?.threadTs).toBe(root?.ts);
    await world.reload();
    slack.say(ids.dev, 'three', { user: ids.ada, threadTs: root?.ts ?? '' });
    expect(await context.client.waitForSent()).toMatchObject({ channel: '#builds', thread: 'deploy-7' });
  });

  it('goes to the default channel when it is written to the bridge or to all, and people answer the agent alone', async () => {
    await using world = await createWorld();
    const { slack, context, ids } = world;
    context.client.deliver('Alice', 'need help');
    context.client.deliver('Bob', 'done', { to: '*' });
    context.client.deliver('Bob', 'hm', { kind: 'thinking' });
    await slack.until(() => slack.posted.length === 2);
    expect(slack.posted).toMatchObject([
      { channel: ids.agents, text: '*Alice:* need help' },
      { channel: ids.agents, text: '*Bob:* done' },
    ]);
    slack.say(ids.agents, 'coming', { user: ids.ada, threadTs: slack.posted[0]?.ts ?? '' });
    expect(await context.client.waitForSent()).toMatchObject({ to: 'Alice', body: 'Ada Lovelace: coming' });
  });

  it('goes back to whoever asked, and into no conversation of somebody else', async () => {
    await using world = await createWorld();
    const { slack, context, ids } = world;
    const { ts } = slack.say(ids.dm, 'Alice: secret?', { user: ids.ada });
    const { thread = '' } = await context.client.waitForSent();
    context.client.deliver('Alice', 'with thread', { thread });
    context.client.deliver('Alice', 'without');
    context.client.deliver('Bob', 'nosy', { thread });
    context.client.deliver('Bob', 'made up', { thread: 'slack:D0OTHER001:1700000001.000001' });
    await slack.until(() => slack.posted.length === 4);
    expect(slack.posted.map(({ channel, threadTs, text }) => [text, channel, threadTs])).toEqual(
      expect.arrayContaining([
        ['*Alice:* with thread', ids.dm, ts],
        ['*Alice:* without', ids.dm, ts],
        ['*Bob:* nosy', ids.agents, undefined],
        ['*Bob:* made up', ids.agents, undefined],
      ]),
    );
  });

  it('is cut at Slack’s limit, in order, with blocks of code closed', async () => {
    await using world = await createWorld({ config: { slackAgentNames: 'username' } });
    const { slack, context } = world;
    const lines = Array.from({ length: 900 }, (_, line) => `line ${line} <&> 😀`);
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: `\`\`\`ts\n${lines.join('\n')}\n\`\`\`` });
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: 'after' });
    await slack.until(() => slack.posted.at(-1)?.text === 'after');
    const parts = slack.posted.slice(0, -1);
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.every(({ username }) => username === 'Alice')).toBe(true);
    const text = parts.map((part) => part.text.replace(/^```(?:ts)?\n/, '').replace(/\n```$/, '')).join('\n');
    expect(text.replaceAll('&lt;&amp;&gt;', '<&>')).toBe(lines.join('\n'));
  });

  it('waits as long as Slack asks, and keeps its order', async () => {
    await using world = await createWorld();
    const { slack, context } = world;
    slack.plan('chat.postMessage', { retryAfterSeconds: 7 });
    slack.plan('chat.postMessage', { retryAfterSeconds: 3 });
    for (const body of ['one', 'two', 'three'])
      context.client.deliverChannel({ from: 'Alice', channel: '#builds', body });
    await slack.until(() => slack.posted.length === 3);
    expect(slack.posted.map(({ text }) => text)).toEqual(['*Alice:* one', '*Alice:* two', '*Alice:* three']);
    expect(world.slept).toEqual([7000, 3000]);
  });

  it('does not hold up another channel, and says what to do', async () => {
    await using world = await createWorld({ config: { slackChannels: '#dev=#builds,#ops=#ops' } });
    const { slack, context } = world;
    expect(await world.plugin.health?.()).toMatchObject({
      status: 'degraded',
      message: expect.stringContaining('#ops'),
    });
    const ops = slack.addChannel('ops', { isMember: false });
    context.client.deliverChannel({ from: 'Alice', channel: '#ops', body: 'stuck' });
    await slack.until(() => slack.calls('chat.postMessage') > 1);
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: 'free' });
    await slack.until(() => slack.posted.length === 1);
    expect(slack.posted).toMatchObject([{ text: '*Alice:* free' }]);
    expect(await world.plugin.health?.()).toMatchObject({
      status: 'degraded',
      message: expect.stringContaining('invite'),
    });
    slack.invite(ops);
    await slack.until(() => slack.posted.length === 2);
    await expect.poll(async () => (await world.plugin.health?.())?.status).toBe('healthy');
  });

  it.each(['none', 'deploy-7'])('is posted once, though the answer was lost, in thread %s', async (thread) => {
    await using world = await createWorld();
    const { slack, context } = world;
    const place = { from: 'Alice', channel: '#builds', ...(thread !== 'none' && { thread }) };
    context.client.deliverChannel({ ...place, body: 'one' });
    await slack.until(() => slack.posted.length === 1);
    slack.plan('chat.postMessage', { cut: 'after' });
    context.client.deliverChannel({ ...place, body: 'two' });
    context.client.deliverChannel({ ...place, body: 'three' });
    await slack.until(() => slack.posted.at(-1)?.text === '*Alice:* three');
    expect(slack.posted.map(({ text }) => text)).toEqual(['*Alice:* one', '*Alice:* two', '*Alice:* three']);
  });

  it('is posted again where the call did not come through', async () => {
    await using world = await createWorld();
    const { slack, context } = world;
    slack.plan('chat.postMessage', { cut: 'before' });
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: 'one' });
    await slack.until(() => slack.posted.length === 1);
    expect(slack.calls('conversations.history')).toBe(1);
  });

  it('is shortened where nobody would read it, and mended where it is half a character', async () => {
    await using world = await createWorld();
    const { slack, context } = world;
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: `a\uD800b${'<&>@x '.repeat(200_000)}` });
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: '   ', thread: 'x'.repeat(100_000) });
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: 'after', thread: 'x'.repeat(100_000) });
    await slack.until(() => slack.posted.length > 2 && slack.posted.at(-1)?.text.endsWith('after') === true);
    expect(slack.posted.length).toBeLessThan(60);
    expect(slack.posted.at(-2)?.text).toMatch(/… \d+ more characters$/);
    expect(slack.posted.at(-1)).not.toHaveProperty('threadTs');
  });

  it('is given up alone, where Slack refuses it for good', async () => {
    await using world = await createWorld();
    const { slack, context } = world;
    slack.plan('chat.postMessage', { error: 'restricted_action' });
    for (const body of ['one', 'two']) context.client.deliverChannel({ from: 'Alice', channel: '#builds', body });
    await slack.until(() => slack.posted.length === 1);
    expect(slack.posted).toMatchObject([{ text: '*Alice:* two' }]);
    expect(await world.plugin.health?.()).toMatchObject({ details: { givenUp: 1 } });
  });

  it('is kept while Slack is away and the daemon restarts', async () => {
    await using world = await createWorld();
    const { slack, context } = world;
    await slack.stop();
    for (const body of ['one', 'two']) context.client.deliverChannel({ from: 'Alice', channel: '#builds', body });
    await expect.poll(async () => (await world.plugin.health?.())?.status).toBe('unhealthy');
    expect(await world.plugin.health?.()).toMatchObject({
      message: expect.stringContaining('ECONNREFUSED'),
      details: { outboundWaiting: 2 },
    });
    const reloaded = world.reload();
    await slack.start();
    await reloaded;
    await slack.until(() => slack.posted.length === 2);
    expect(slack.posted.map(({ text }) => text)).toEqual(['*Alice:* one', '*Alice:* two']);
  });

  it('is dropped, and counted, when the queue is full', async () => {
    await using world = await createWorld({ config: { slackQueueSize: 1 } });
    const { slack, context } = world;
    await slack.stop();
    for (const body of ['one', 'two']) context.client.deliverChannel({ from: 'Alice', channel: '#builds', body });
    expect(await world.plugin.health?.()).toMatchObject({ details: { outboundWaiting: 1, dropped: 1 } });
    await slack.start();
    await slack.until(() => slack.posted.length === 1);
    expect(slack.posted).toMatchObject([{ text: '*Alice:* one' }]);
  });
});

describe('the connection', () => {
  it('comes back when Slack renews it, and when it is lost', async () => {
    await using world = await createWorld();
    const { slack, context, ids } = world;
    slack.sockets.refresh();
    await slack.until(() => slack.calls('apps.connections.open') === 2 && slack.sockets.count === 1);
    slack.sockets.terminate();
    await slack.until(() => slack.calls('apps.connections.open') === 3 && slack.sockets.count === 1);
    slack.say(ids.dev, 'still there', { user: ids.ada });
    expect(await context.client.waitForSent()).toMatchObject({ body: 'Ada Lovelace: still there' });
  });

  it('asks for what was written while it was away, once', async () => {
    await using world = await createWorld();
    const { slack, context, ids } = world;
    slack.say(ids.dev, 'before', { user: ids.ada });
    await context.client.waitForSent();
    await world.plugin.onUnload?.();
    for (const text of ['one', 'two']) slack.say(ids.dev, text, { user: ids.ada, isUnheard: true });
    await world.reload();
    await context.client.waitForSent(({ body }) => body.endsWith('two'));
    await world.reload();
    slack.say(ids.dev, 'after', { user: ids.ada });
    await context.client.waitForSent(({ body }) => body.endsWith('after'));
    expect(context.client.sent.map(({ body }) => body.replace('Ada Lovelace: ', ''))).toEqual([
      'before',
      'one',
      'two',
      'after',
    ]);
  });

  it('says that a token is not valid, and tries again', async () => {
    await using world = await createWorld({
      before: (slack) => slack.plan('auth.test', { error: 'invalid_auth' }, 3),
      waits: false,
    });
    await world.slack.until(() => world.slack.calls('auth.test') > 1);
    expect(await world.plugin.health?.()).toMatchObject({
      status: 'unhealthy',
      message: expect.stringContaining('invalid_auth'),
    });
    await world.slack.until(() => world.slack.sockets.count > 0);
    expect(world.slept.slice(0, 3)).toEqual([1000, 2000, 4000]);
  });

  it('logs no token', async () => {
    await using world = await createWorld({ before: (slack) => slack.plan('auth.test', { status: 503 }) });
    expect(JSON.stringify(world.context.logger.entries)).not.toMatch(/xoxb|xapp/);
  });
});
