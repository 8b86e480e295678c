import type { StoredMessage } from '@ar-registry/sdk';
import { describe, expect, it } from 'vitest';
import { messageValues, toMessage } from './rows.ts';

/** As agents may send it: no field is what its type says. */
function values(fields: Readonly<Record<string, unknown>>): readonly unknown[] {
  const base = { id: 'm1', ts: 1, from: 'a', to: 'b', kind: 'message', body: '', status: 'unread', is_urgent: false };
  return messageValues({ ...base, ...fields } as StoredMessage);
}

const circular: Record<string, unknown> = {};
circular['self'] = circular;

describe('a message', () => {
  it.each([
    ['a fraction of a millisecond', { ts: 1.5 }],
    ['no number', { ts: Number.NaN }],
    ['a number that is not exact', { ts: 1e21 }],
    ['a text for a number', { ts: '1' }],
    ['a fraction for a sequence', { deliverySeq: 0.5 }],
    ['a body that is no text', { body: {} }],
    ['a kind that is no text', { kind: 5 }],
    ['a status that is no text', { status: null }],
    ['an id without end', { id: 'x'.repeat(501) }],
    [
      'data that are nested without end',
      { data: { a: JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) as unknown } },
    ],
    ['data that hold themselves', { data: circular }],
  ])('with %s is refused', (_, fields) => {
    expect(() => values(fields)).toThrow(TypeError);
  });

  it('keeps every text, in its kind and status too, and null is what is not given', () => {
    expect(values({ kind: 'a\u0000b', status: '\u0000', topic: null, data: null, is_broadcast: null })).toEqual([
      'm1',
      1,
      'a',
      'b',
      null,
      'a\u001a0000b',
      '',
      ...Array.from({ length: 6 }, () => null),
      '\u001a0000',
      false,
      null,
    ]);
    const row = { id: 'm', ts: '1', sender: 'a', recipient: 'b', kind: 'a\u001a0000b', body: '', status: 'read' };
    expect(toMessage(row).kind).toBe('a\u0000b');
  });
});
