import { createHash } from 'node:crypto';
import type { MessageEvent } from '@ar-registry/sdk';
import { describe, expect, it } from 'vitest';
import { connectionLine, messageLine } from './audit-line.ts';

const now = new Date('2026-01-02T03:04:05.678Z');

describe('messageLine', () => {
  it('holds who said what to whom, and when', () => {
    const line = messageLine({ ...message, thread: 'thread-1', data: { n: 1 } }, { now, body: 'full' });
    expect(JSON.parse(line)).toEqual({
      ts: '2026-01-02T03:04:05.678Z',
      event: 'message',
      id: 'm1',
      sentAt: '2026-01-02T03:04:05.000Z',
      from: 'Alice',
      to: 'Bob',
      thread: 'thread-1',
      kind: 'message',
      body: 'hello',
      data: { n: 1 },
    });
  });

  it('names the channel and the topic of a message that has them', () => {
    const { to: _, ...withoutTo } = message;
    const line = messageLine({ ...withoutTo, channel: '#dev', topic: 'build' }, { now, body: 'none' });
    expect(JSON.parse(line)).toMatchObject({ channel: '#dev', topic: 'build' });
    expect(JSON.parse(line)).not.toHaveProperty('to');
  });

  it('keeps the digest of the body, and no text, in the mode hash', () => {
    const line = messageLine({ ...message, data: { secret: 'x' } }, { now, body: 'hash' });
    expect(JSON.parse(line)).toMatchObject({ bodySha256: createHash('sha256').update('hello').digest('hex') });
    expect(line).not.toContain('hello');
    expect(line).not.toContain('secret');
  });

  it('keeps nothing of the content in the mode none', () => {
    const fields: unknown = JSON.parse(messageLine({ ...message, data: { secret: 'x' } }, { now, body: 'none' }));
    expect(fields).not.toHaveProperty('body');
    expect(fields).not.toHaveProperty('data');
    expect(fields).not.toHaveProperty('bodySha256');
  });

  it('stays one line of valid JSON whatever a body holds', () => {
    const everything = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).join('');
    for (const body of [everything, 'a\r\nb\nc', '"}\n{"event":"message"', '\ud800', '\u001b[2J', '💬']) {
      const line = messageLine({ ...message, body }, { now, body: 'full' });
      expect(line.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/)).toEqual([line]);
      expect(line).not.toMatch(/\p{Cc}/u);
      expect(JSON.parse(line)).toMatchObject({ body });
    }
  });

  it('cannot be forged by a name', () => {
    const from = 'Alice","event":"connect","x":"\n';
    expect(JSON.parse(messageLine({ ...message, from }, { now, body: 'full' }))).toMatchObject({
      event: 'message',
      from,
    });
  });

  it.each([Number.NaN, Infinity, 1e300, -1e300])('is written although the sender claims the time %d', (ts) => {
    const fields: unknown = JSON.parse(messageLine({ ...message, ts }, { now, body: 'full' }));
    expect(fields).toMatchObject({ ts: now.toISOString(), body: 'hello' });
    expect(fields).not.toHaveProperty('sentAt');
  });

  it('is written without the data when that is nested too deeply to be written', () => {
    const deep = JSON.parse(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`) as Record<string, unknown>;
    const fields: unknown = JSON.parse(messageLine({ ...message, data: deep }, { now, body: 'full' }));
    expect(fields).toMatchObject({ body: 'hello', dataOmitted: true });
    expect(fields).not.toHaveProperty('data');
  });
});

describe('connectionLine', () => {
  const event = { connectionId: 'c1', agent: 'Alice', sessionId: 's1', ts: 0 };

  it('tells who connected and with what', () => {
    const line = connectionLine('connect', { ...event, entityType: 'agent', cli: 'claude', model: 'm' }, now);
    expect(JSON.parse(line)).toEqual({
      ts: now.toISOString(),
      event: 'connect',
      agent: 'Alice',
      connectionId: 'c1',
      sessionId: 's1',
      entityType: 'agent',
      cli: 'claude',
      model: 'm',
    });
  });

  it('tells who left', () => {
    expect(JSON.parse(connectionLine('disconnect', event, now))).toMatchObject({ event: 'disconnect', agent: 'Alice' });
  });
});

const message: MessageEvent = {
  id: 'm1',
  ts: Date.UTC(2026, 0, 2, 3, 4, 5),
  from: 'Alice',
  to: 'Bob',
  kind: 'message',
  body: 'hello',
};
