import { describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { SECRET, bodyOf, loadBridge, startTarget } from './world.ts';

const OTHER = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

describe('several endpoints', () => {
  it('get what is for them, as what they want, signed with their secrets', async () => {
    await using all = await startTarget((response) => response.writeHead(200).end());
    await using ci = await startTarget((response) => response.writeHead(200).end());
    await using world = await loadBridge({
      webhookUrl: all.url,
      webhookUrl2: ci.url,
      webhookSecret: SECRET,
      webhookSecret2: `${OTHER} ${SECRET}`,
      webhookChannels: '#general',
      webhookEndpoints: [
        {
          endpoint: 2,
          name: 'ci',
          channels: ['#builds'],
          filter: { body: '*failed*', not: { from: 'Bot*' } },
          template: { text: '{{from}} in {{channel}}: {{body}}', n: '{{data.n}}' },
        },
      ],
    });
    const { client } = world.context;
    client.deliverChannel({ from: 'CI', channel: '#builds', body: 'build "7" failed', data: { n: 7 } });
    client.deliverChannel({ from: 'CI', channel: '#builds', body: 'build 8 passed' });
    client.deliverChannel({ from: 'Bot1', channel: '#builds', body: 'it failed' });
    client.deliverChannel({ from: 'Alice', channel: '#general', body: 'failed to say hello' });
    client.deliver('Alice', 'failed, to you');
    await world.reported('delivered', 4);
    expect(all.received.map((each) => bodyOf(each))).toEqual(['failed to say hello', 'failed, to you']);
    expect(ci.received.map(({ text }) => JSON.parse(text) as unknown)).toEqual([
      { text: 'CI in #builds: build "7" failed', n: 7 },
      { text: 'Alice in : failed, to you', n: null },
    ]);
    for (const secret of [OTHER, SECRET])
      for (const { text, headers } of ci.received)
        expect(new Webhook(secret).verify(text, headers as Record<string, string>)).toBeDefined();
    expect(await world.plugin.health?.()).toMatchObject({
      status: 'healthy',
      details: {
        endpoints: [
          { name: '1', delivered: 2 },
          { name: 'ci', delivered: 2 },
        ],
      },
    });
  });

  it('do not wait for each other', async () => {
    await using stuck = await startTarget(() => undefined);
    await using fine = await startTarget((response) => response.writeHead(200).end());
    await using world = await loadBridge({ webhookUrl: stuck.url, webhookUrl2: fine.url }, { closeLimitMs: 50 });
    for (const body of ['one', 'two']) world.context.client.deliver('Alice', body);
    await fine.arrived(2);
    expect(fine.received.map((each) => bodyOf(each))).toEqual(['one', 'two']);
  });

  it('may want something else than JSON', async () => {
    await using target = await startTarget((response) => response.writeHead(200).end());
    const template = { contentType: 'text/plain', text: '{{timestamp}} {{from}}: {{body}}' };
    await using world = await loadBridge({ webhookUrl: target.url, webhookEndpoints: [{ endpoint: 1, template }] });
    world.context.client.deliver('Alice', 'Grüße');
    await target.arrived(1);
    expect(target.received[0]).toMatchObject({
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      text: expect.stringMatching(/^\d{4}-.*Z Alice: Grüße$/) as string,
    });
  });
});
