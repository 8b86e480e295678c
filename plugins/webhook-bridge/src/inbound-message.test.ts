import { describe, expect, it } from 'vitest';
import { parseInbound } from './inbound-message.ts';

describe('parseInbound', () => {
  it('reads a message to an agent', () => {
    expect(parse({ to: 'Alice', body: 'hi', thread: 't', data: { n: 1 } })).toEqual({
      ok: true,
      message: { kind: 'direct', to: 'Alice', body: 'hi', thread: 't', data: { n: 1 } },
    });
    expect(parse({ to: '*', body: 'hi' })).toEqual({ ok: true, message: { kind: 'direct', to: '*', body: 'hi' } });
  });

  it('reads a message to a channel', () => {
    expect(parse({ channel: '#general', body: 'hi' })).toEqual({
      ok: true,
      message: { kind: 'channel', channel: '#general', body: 'hi' },
    });
  });

  it.each(['', '{', 'null', '[]', '"x"', '7'])('refuses the text %j', (text) => {
    expect(parseInbound(text, 'bridge').ok).toBe(false);
  });

  it.each([
    [{ body: 'hi' }],
    [{ to: 'Alice' }],
    [{ to: 'Alice', channel: '#general', body: 'hi' }],
    [{ to: '', body: 'hi' }],
    [{ to: 7, body: 'hi' }],
    [{ to: 'a\u0000b', body: 'hi' }],
    [{ to: 'x'.repeat(129), body: 'hi' }],
    [{ to: '#general', body: 'hi' }],
    [{ to: 'Alice', body: '' }],
    [{ to: 'Alice', body: { text: 'hi' } }],
    [{ to: 'Alice', body: 'hi', thread: '' }],
    [{ to: 'Alice', body: 'hi', thread: 7 }],
    [{ to: 'Alice', body: 'hi', data: 'x' }],
    [{ to: 'Alice', body: 'hi', data: [] }],
    [{ to: 'Alice', body: 'hi', data: null }],
    [{ to: 'Alice', body: 'hi', from: 'Boss' }],
    [{ channel: 'general', body: 'hi' }],
    [{ channel: '#', body: 'hi' }],
    [{ channel: 'dm:alice:bob', body: 'hi' }],
    [{ channel: '#a b', body: 'hi' }],
  ])('refuses %j', (value) => {
    expect(parse(value).ok).toBe(false);
  });

  it.each(['bridge', 'Bridge'])('refuses a message to the bridge itself, %s', (to) => {
    expect(parse({ to, body: 'hi' }).ok).toBe(false);
  });

  it.each(['_router', '_consensus', '__system__'])('lets nobody speak to the part %s of the daemon', (to) => {
    expect(parse({ to, body: 'hi' }).ok).toBe(false);
  });

  it.each(['_channelMembership', '_offlineQueued', '__proto__'])('refuses data with the key %s', (key) => {
    expect(parseInbound(`{"to":"Alice","body":"hi","data":{"${key}":{"x":1}}}`, 'bridge').ok).toBe(false);
  });

  it('refuses data that is nested too deeply to be sent', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(parseInbound(`{"to":"Alice","body":"hi","data":{"a":${deep}}}`, 'bridge').ok).toBe(false);
  });
});

function parse(value: unknown): ReturnType<typeof parseInbound> {
  return parseInbound(JSON.stringify(value), 'bridge');
}
