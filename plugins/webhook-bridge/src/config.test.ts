import { describe, expect, it } from 'vitest';
import { parseConfig } from './config.ts';

const webhookUrl = 'https://hooks.example.test/T0/secret-path';
const webhookSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

function first(config: Readonly<Record<string, unknown>>) {
  return parseConfig({ webhookUrl, ...config }).endpoints[0];
}

describe('several endpoints', () => {
  const webhookUrl2 = 'https://two.example.test/';

  it('have a URL, a secret and rules each', () => {
    const webhookEndpoints = [
      { endpoint: 2, name: 'ci', channels: ['#builds'], filter: { from: 'CI*' }, template: { text: '{{body}}' } },
    ];
    const { endpoints } = parseConfig({ webhookUrl, webhookUrl2, webhookSecret2: webhookSecret, webhookEndpoints });
    expect(endpoints).toMatchObject([
      { number: 1, name: '1', secrets: [], channels: [] },
      { number: 2, name: 'ci', secrets: [webhookSecret], channels: ['#builds'], filter: {}, template: {} },
    ]);
    expect(parseConfig({ webhookUrl, webhookUrl2, webhookEndpoints: JSON.stringify(webhookEndpoints) })).toMatchObject({
      endpoints: [{ name: '1' }, { name: 'ci' }],
    });
    expect(parseConfig({ webhookUrl, webhookUrl4: webhookUrl2, webhookUrl2: '' }).endpoints).toHaveLength(2);
  });

  it.each<unknown>([
    7,
    '{',
    '{}',
    [null],
    [{ endpoint: 3 }],
    [{ endpoint: 1, regex: 'x' }],
    [{ endpoint: 1, name: 'two words' }],
    [{ endpoint: 1, channels: 'general' }],
    [{ endpoint: 1, filter: [] }],
    [{ endpoint: 1, filter: { sender: 'x' } }],
    [{ endpoint: 1, filter: { from: [] } }],
    [{ endpoint: 1, filter: { from: {} } }],
    [{ endpoint: 1, filter: { data: 'x' } }],
    [{ endpoint: 1, template: 'text' }],
    [{ endpoint: 1, template: { a: '{{secret}}' } }],
    [{ endpoint: 1, template: { a: '{{body' } }],
    [{ endpoint: 1, template: { a: '{{#if body}}' } }],
    [{ endpoint: 1, template: { contentType: 'text/csv', text: '' } }],
    [{ endpoint: 1, template: { contentType: '__proto__', text: '' } }],
    [{ endpoint: 1, template: { contentType: 'text/plain', text: 7 } }],
    [{ endpoint: 1, template: { a: 'x'.repeat(200_000) } }],
    [{ endpoint: 1, template: { a: '{{body}}'.repeat(51) } }],
  ])('cannot have the rules %j', (webhookEndpoints) => {
    expect(() => parseConfig({ webhookUrl, webhookUrl2, webhookEndpoints })).toThrow(TypeError);
  });
});

describe('parseConfig', () => {
  it('needs the URL alone', () => {
    expect(parseConfig({ webhookUrl })).toEqual({
      endpoints: [{ number: 1, name: '1', url: new URL(webhookUrl), secrets: [], channels: [] }],
      maxAttempts: 8,
      timeoutMs: 10_000,
      queueSize: 1000,
    });
  });

  it.each([undefined, '', 'hooks.example.test', 'ftp://example.test', 'javascript:1', 7, 'https://'])(
    'refuses the URL %j',
    (url) => {
      expect(() => parseConfig({ webhookUrl: url })).toThrow(TypeError);
    },
  );

  it('refuses a URL with a password, and does not repeat it', () => {
    const config = { webhookUrl: 'https://user:hunter2@example.test' };
    expect(() => parseConfig(config)).toThrow(TypeError);
    expect(() => parseConfig(config)).not.toThrow(/hunter2/);
  });

  it('takes a secret with and without its prefix', () => {
    expect(first({ webhookSecret })?.secrets).toEqual([webhookSecret]);
    expect(first({ webhookSecret: webhookSecret.slice(6) })?.secrets).toEqual([webhookSecret]);
    expect(first({ webhookSecret: ` ${webhookSecret}  ${webhookSecret}` })?.secrets).toHaveLength(2);
  });

  it.each([
    'hunter2',
    'whsec_',
    'whsec_hunter2hunter2hunter2hunter2!',
    `whsec_${Buffer.alloc(23).toString('base64')}`,
    `whsec_${Buffer.alloc(65).toString('base64')}`,
    7,
  ])('refuses the secret %j, and does not repeat it', (secret) => {
    const config = { webhookUrl, webhookSecret: secret };
    expect(() => parseConfig(config)).toThrow(TypeError);
    expect(() => parseConfig(config)).not.toThrow(/hunter2/);
  });

  it('reads channels from a string or a list', () => {
    expect(first({ webhookChannels: '#general, #builds,,#general' })?.channels).toEqual(['#general', '#builds']);
    expect(first({ webhookChannels: ['#general'] })?.channels).toEqual(['#general']);
    expect(first({ webhookChannels: '' })?.channels).toEqual([]);
  });

  it.each(['general', '#', '#a b', 7, [7], [['#a']]])('refuses the channels %j', (webhookChannels) => {
    expect(() => parseConfig({ webhookUrl, webhookChannels })).toThrow(TypeError);
  });

  it.each([
    [{ webhookMaxAttempts: '3' }, { maxAttempts: 3 }],
    [{ webhookTimeoutSeconds: 5 }, { timeoutMs: 5000 }],
    [{ webhookQueueSize: '10' }, { queueSize: 10 }],
  ])('reads %j', (config, expected) => {
    expect(parseConfig({ webhookUrl, ...config })).toMatchObject(expected);
  });

  it.each([
    ['webhookMaxAttempts', '0'],
    ['webhookMaxAttempts', 101],
    ['webhookTimeoutSeconds', '1.5'],
    ['webhookQueueSize', '-1'],
    ['webhookInboundPort', '65536'],
    ['webhookInboundPort', 'http'],
  ])('refuses %s %j', (key, value) => {
    expect(() => parseConfig({ webhookUrl, [key]: value })).toThrow(TypeError);
  });

  it('listens on the loopback interface when only a port is set', () => {
    expect(parseConfig({ webhookUrl, webhookInboundPort: '8080' }).inbound).toEqual({
      host: '127.0.0.1',
      port: 8080,
      secrets: [],
    });
    expect(parseConfig({ webhookUrl, webhookInboundHost: '0.0.0.0' }).inbound).toBeUndefined();
  });

  it.each(['0.0.0.0', '::', '192.0.2.1', 'example.test', '', 7])(
    'refuses to listen on %j without a secret',
    (webhookInboundHost) => {
      expect(() => parseConfig({ webhookUrl, webhookInboundPort: 1, webhookInboundHost })).toThrow(TypeError);
    },
  );

  it('asks of posts a secret of their own, if there is one', () => {
    const webhookInboundSecret = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
    const config = { webhookUrl, webhookSecret, webhookInboundPort: 1, webhookInboundSecret };
    expect(parseConfig(config).inbound?.secrets).toEqual([webhookInboundSecret]);
  });

  it('listens elsewhere with a secret', () => {
    const config = { webhookUrl, webhookSecret, webhookInboundPort: 1, webhookInboundHost: '0.0.0.0' };
    expect(parseConfig(config).inbound).toEqual({ host: '0.0.0.0', port: 1, secrets: [webhookSecret] });
  });
});
