import { postEvent, SIGNING_SECRET } from '@ar-registry/testing/slack';
import { describe, expect, it } from 'vitest';
import { createWorld, type World } from './world.ts';

const config = { slackAppToken: '', slackEventsPort: 0, slackSigningSecret: SIGNING_SECRET };

async function urlOf(world: World): Promise<string> {
  const { details } = (await world.plugin.health?.()) ?? {};
  return `http://127.0.0.1:${String(details?.['eventsPort'])}/slack/events`;
}

describe('the Events API', () => {
  it('brings what is signed, once', async () => {
    await using world = await createWorld({ config });
    const { context, ids } = world;
    const event = {
      type: 'message',
      channel: ids.dev,
      channel_type: 'channel',
      user: ids.ada,
      ts: '1700000900.000001',
      text: 'hi',
    };
    expect(await postEvent(await urlOf(world), event)).toMatchObject({ status: 200 });
    expect(await postEvent(await urlOf(world), event)).toMatchObject({ status: 200 });
    expect(await context.client.waitForSent()).toMatchObject({ channel: '#builds', body: 'Ada Lovelace: hi' });
    expect(context.client.sent).toHaveLength(1);
    expect(world.slack.calls('apps.connections.open')).toBe(0);
  });

  it('answers the challenge with which Slack verifies the address', async () => {
    await using world = await createWorld({ config });
    const body = JSON.stringify({ type: 'url_verification', challenge: 'abc' });
    expect(await postEvent(await urlOf(world), {}, { body })).toEqual({
      status: 200,
      text: expect.stringContaining('abc'),
    });
  });

  it.each([
    ['is signed with another secret', { secret: 'f'.repeat(32) }],
    ['is older than five minutes', { timestamp: Math.floor(Date.now() / 1000) - 400 }],
  ])('refuses what %s', async (_, options) => {
    await using world = await createWorld({ config });
    const event = { type: 'message', channel: world.ids.dev, user: world.ids.ada, ts: '1700000900.000001', text: 'hi' };
    expect(await postEvent(await urlOf(world), event, options)).toMatchObject({ status: 401 });
    expect(await world.plugin.health?.()).toMatchObject({ details: { inboundWaiting: 0 } });
    expect(world.context.client.sent).toEqual([]);
  });

  it('asks Slack to send again what it has no room for', async () => {
    await using world = await createWorld({ config: { ...config, slackQueueSize: 1 } });
    world.context.client.setState('BACKOFF');
    const event = { type: 'message', channel: world.ids.dev, user: world.ids.ada, text: 'hi' };
    expect(await postEvent(await urlOf(world), { ...event, ts: '1700000900.000001' })).toMatchObject({ status: 200 });
    expect(await postEvent(await urlOf(world), { ...event, ts: '1700000900.000002' })).toMatchObject({ status: 503 });
  });

  it('says that its port is taken', async () => {
    await using first = await createWorld({ config });
    const port = Number(new URL(await urlOf(first)).port);
    await using second = await createWorld({ config: { ...config, slackEventsPort: port }, waits: false });
    await expect.poll(async () => (await second.plugin.health?.())?.message).toContain('EADDRINUSE');
  });

  it('needs the signing secret', async () => {
    await expect(createWorld({ config: { ...config, slackSigningSecret: '' } })).rejects.toThrow(
      /SLACK_SIGNING_SECRET/,
    );
  });
});
