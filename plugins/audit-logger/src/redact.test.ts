import { describe, expect, it } from 'vitest';
import { createRedact } from './redact.ts';

const nothing = { masks: [], fields: [], patterns: [] } as const;

describe('redaction', () => {
  it('leaves everything as it is unless something is configured', () => {
    const event = { body: 'alice@example.com', data: { password: 'x' } };
    expect(createRedact(nothing)(event)).toBe(event);
  });

  it.each([
    `ghp_${'a'.repeat(36)}`,
    `xoxb-1234567890-${'a'.repeat(20)}`,
    `sk-proj-${'A1'.repeat(20)}`,
    `AKIA${'A'.repeat(16)}`,
    `eyJ${'hbGci'.repeat(4)}.eyJ${'zdWIi'.repeat(4)}.c2ln`,
    `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n${'ab/+'.repeat(30)}\n-----END RSA PRIVATE KEY-----`,
  ])('masks the token %s', (token) => {
    const redact = createRedact({ ...nothing, masks: ['tokens'] });
    expect(redact(`use ${token}, please`)).toBe('use [redacted:token], please');
  });

  it('masks what follows the word Bearer, and keeps the word', () => {
    const redact = createRedact({ ...nothing, masks: ['tokens'] });
    expect(redact('Authorization: Bearer abcdefghijklmnop1234==')).toBe('Authorization: Bearer [redacted:token]');
  });

  it.each(['a.b+c@mail.example.com', 'jürgen@exämple.org'])('masks the address %s', (address) => {
    expect(createRedact({ ...nothing, masks: ['emails'] })(`to ${address}.`)).toBe('to [redacted:email].');
  });

  it.each(['4111111111111111', '4111 1111 1111 1111', '3782-822463-10005', '5555-5555-5555-4444'])(
    'masks the card %s, also beside other numbers',
    (card) => {
      const redact = createRedact({ ...nothing, masks: ['cards'] });
      expect(redact(`card ${card}!`)).toBe('card [redacted:card]!');
      expect(redact(`7 ${card} 12`)).toBe('7 [redacted:card] 12');
    },
  );

  it('keeps numbers that are no cards', () => {
    const text = '4111111111111112, 2026-01-02 12345 1 2 3, 1767323045678';
    expect(createRedact({ ...nothing, masks: ['cards'] })(text)).toBe(text);
  });

  it('replaces the values of named members at any depth, whatever they are', () => {
    const redact = createRedact({ ...nothing, fields: ['Password'] });
    const data = { user: 'a', password: 'x', list: [{ PASSWORD: { deep: 1 } }], n: 1, none: null };
    expect(redact({ body: 'password', data })).toEqual({
      body: 'password',
      data: { user: 'a', password: '[redacted:field]', list: [{ PASSWORD: '[redacted:field]' }], n: 1, none: null },
    });
  });

  it('masks names as well as values, and loses none of two that become one', () => {
    const redact = createRedact({ ...nothing, masks: ['emails'] });
    expect(redact({ 'a@example.com': 1, 'b@example.com': 2 })).toEqual({
      '[redacted:email]': 1,
      '[redacted:email] (2)': 2,
    });
  });

  it('does not reach a prototype', () => {
    const data = JSON.parse('{"__proto__":{"isAdmin":true}}') as object;
    const redacted = createRedact({ ...nothing, masks: ['emails'] })(data);
    expect(Object.keys(redacted)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(redacted)).toBe(Object.prototype);
  });

  it('leaves out what is nested too deeply to be looked at', () => {
    const deep = JSON.parse(`${'['.repeat(5000)}"a@example.com"${']'.repeat(5000)}`) as unknown;
    expect(JSON.stringify(createRedact({ ...nothing, masks: ['emails'] })(deep))).toContain('omitted');
  });

  it.each([
    ['CUST-\\d{6}', 'see CUST-123456 and CUST-12', 'see [redacted:pattern] and CUST-12'],
    ['[A-Z]{2}\\d+', 'AB12 c', '[redacted:pattern] c'],
    ['pin:\\s?\\d{4}', 'pin: 1234, pin:5678', '[redacted:pattern], [redacted:pattern]'],
    ['\\(x\\)', '(x) x', '[redacted:pattern] x'],
    ['[^@]*@', 'abc@d', '[redacted:pattern]d'],
  ])('replaces what the pattern %s tells', (pattern, before, after) => {
    expect(createRedact({ ...nothing, patterns: [pattern] })(before)).toBe(after);
  });

  it.each([
    '(a+)+',
    'a|b',
    '^a',
    'a{1,500}',
    '[a',
    'a{',
    '\\1',
    'a**',
    '',
    'x*',
    '[z-a]',
    'a{3,1}',
    '\\p{L}',
    'a'.repeat(201),
  ])('refuses the pattern %j', (pattern) => {
    expect(() => createRedact({ ...nothing, patterns: [pattern] })).toThrow(TypeError);
  });

  it.each(['a', '1', '1 ', 'eyJa.', 'a@', 'a@a.', '-----BEGIN PRIVATE KEY-----', 'sk-', 'bearer '])(
    'takes time in proportion to the length, also for a text made of %j',
    (unit) => {
      const redact = createRedact({
        ...nothing,
        masks: ['tokens', 'emails', 'cards'],
        patterns: ['\\w+\\d+x', '[a1]*[a1]*!'],
      });
      const text = unit.repeat(400_000 / unit.length);
      const start = performance.now();
      redact(text);
      // If it were quadratic, it would take minutes.
      expect(performance.now() - start).toBeLessThan(10_000);
    },
  );
});
