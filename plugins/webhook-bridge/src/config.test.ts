import { describe, expect, it } from 'vitest';
import { parseConfig } from './config.ts';

const webhookUrl = 'https://hooks.example.test/T0/secret-path';
const webhookSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe('parseConfig', () => {
  it('needs the URL alone', () => {
    expect(parseConfig({ webhookUrl })).toEqual({
      url: new URL(webhookUrl),
      channels: [],
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
    expect(parseConfig({ webhookUrl, webhookSecret }).secret).toBe(webhookSecret);
    expect(parseConfig({ webhookUrl, webhookSecret: webhookSecret.slice(6) }).secret).toBe(webhookSecret);
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
    expect(parseConfig({ webhookUrl, webhookChannels: '#general, #builds,,#general' }).channels).toEqual([
      '#general',
      '#builds',
    ]);
    expect(parseConfig({ webhookUrl, webhookChannels: ['#general'] }).channels).toEqual(['#general']);
    expect(parseConfig({ webhookUrl, webhookChannels: '' }).channels).toEqual([]);
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
    ['webhookMaxAttempts', 21],
    ['webhookTimeoutSeconds', '1.5'],
    ['webhookQueueSize', '-1'],
    ['webhookInboundPort', '65536'],
    ['webhookInboundPort', 'http'],
  ])('refuses %s %j', (key, value) => {
    expect(() => parseConfig({ webhookUrl, [key]: value })).toThrow(TypeError);
  });

  it('listens on the loopback interface when only a port is set', () => {
    expect(parseConfig({ webhookUrl, webhookInboundPort: '8080' }).inbound).toEqual({ host: '127.0.0.1', port: 8080 });
    expect(parseConfig({ webhookUrl, webhookInboundHost: '0.0.0.0' }).inbound).toBeUndefined();
  });

  it.each(['0.0.0.0', '::', '192.0.2.1', 'example.test', '', 7])(
    'refuses to listen on %j without a secret',
    (webhookInboundHost) => {
      expect(() => parseConfig({ webhookUrl, webhookInboundPort: 1, webhookInboundHost })).toThrow(TypeError);
    },
  );

  it('listens elsewhere with a secret', () => {
    const config = { webhookUrl, webhookSecret, webhookInboundPort: 1, webhookInboundHost: '0.0.0.0' };
    expect(parseConfig(config).inbound).toEqual({ host: '0.0.0.0', port: 1 });
  });
});
