import { anything, assert, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import type { RelayConnection } from '../relay/types.ts';
import { toConnectionEvent, toMessageEvent } from './events.ts';

const CONNECTION: RelayConnection = { id: 'c1', agentName: 'Alice', sessionId: 's1', cli: 'test', entityType: 'agent' };

function message(envelope: object): unknown {
  return toMessageEvent(CONNECTION, envelope, 99).event;
}

test('a direct message', () => {
  const payload = { kind: 'action', body: 'hi', thread: 't', data: { n: [1] } };
  expect(message({ id: 'm1', ts: 5, to: 'Bob', payload })).toEqual({
    id: 'm1',
    ts: 5,
    from: 'Alice',
    to: 'Bob',
    thread: 't',
    kind: 'action',
    body: 'hi',
    data: { n: [1] },
  });
});

test('a channel message and a topic message', () => {
  expect(message({ id: 'm', ts: 1, payload: { channel: '#x', body: 'b' } })).toMatchObject({
    channel: '#x',
    kind: 'message',
  });
  expect(message({ id: 'm', ts: 1, to: '*', topic: 't', payload: { kind: 'message', body: 'b' } })).toMatchObject({
    topic: 't',
    to: '*',
  });
});

test('a connection', () => {
  expect(toConnectionEvent('onConnect', CONNECTION, 7).event).toEqual({
    connectionId: 'c1',
    agent: 'Alice',
    sessionId: 's1',
    ts: 7,
    entityType: 'agent',
    cli: 'test',
  });
});

test('whatever a frame holds, the event has the promised shape', () => {
  assert(
    property(record({ id: anything(), ts: anything(), to: anything(), payload: anything() }), (envelope) => {
      const event = message(envelope);
      expect(event).toMatchObject({
        from: 'Alice',
        id: expect.any(String) as string,
        ts: expect.any(Number) as number,
        body: expect.any(String) as string,
      });
      expect(Object.isFrozen(event)).toBe(true);
    }),
  );
});

test('data is a frozen copy, all the way down', () => {
  const data = { list: [{ n: 1 }] };
  const event = message({ payload: { body: '', data } }) as { data: typeof data };
  data.list.push({ n: 2 });
  expect(event.data).toEqual({ list: [{ n: 1 }] });
  expect([event, event.data, event.data.list, event.data.list[0]].every(Object.isFrozen)).toBe(true);
});

test('data that nests too deep is left out, the message is told all the same', () => {
  const data = JSON.parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`) as object;
  expect(message({ payload: { body: 'hidden?', data } })).toMatchObject({
    body: 'hidden?',
    data: { _omitted: expect.any(String) as string },
  });
});

test('a key named __proto__ in data is a key like any other', () => {
  const data = JSON.parse('{"__proto__": {"polluted": true}}') as object;
  const event = message({ payload: { body: '', data } }) as { data: object };
  expect(Object.getPrototypeOf(event.data)).toBe(Object.prototype);
  expect(event.data).not.toHaveProperty('polluted');
});

function sizeOf(payload: object): number {
  return toMessageEvent(CONNECTION, { payload }, 0).sizeBytes;
}

test('the size counts text in body and data', () => {
  expect(sizeOf({ body: 'x'.repeat(1_000) })).toBeGreaterThanOrEqual(2_000);
  expect(sizeOf({ body: '', data: { a: ['x'.repeat(1_000)] } })).toBeGreaterThanOrEqual(2_000);
});
