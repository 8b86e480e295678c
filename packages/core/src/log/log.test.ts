import { describe, expect, it } from 'vitest';
import { isAtLeast, logLineTime, parseLogLine, parseSince } from './index.ts';

const TS = '2026-03-01T09:30:00.123Z';

describe('a line of a log', () => {
  it('is an entry where the loader wrote it', () => {
    const line = parseLogLine(`{"ts":"${TS}","level":"warn","msg":"slow","extra":{"ms":12}}`);
    expect(line).toEqual({ kind: 'entry', time: TS, level: 'warn', message: 'slow', extra: { ms: 12 } });
    expect(logLineTime(line)).toBe(Date.parse(TS));
  });

  it('may lack the time, as that about lost lines does', () => {
    const line = parseLogLine('{"level":"warn","msg":"lines were lost","extra":{"lost":3}}');
    expect(line).toMatchObject({ kind: 'entry', time: undefined });
    expect(logLineTime(line)).toBeUndefined();
  });

  it.each([
    '',
    'plain text',
    '{"ts":"2026',
    'null',
    '[]',
    '{"level":"warn"}',
    '{"level":"loud","msg":"x"}',
    '{"level":"info","msg":1}',
    '{"ts":"yesterday","level":"info","msg":"x"}',
    '{"ts":"2026-99-01T00:00:00.000Z","level":"info","msg":"x"}',
    '{"__proto__":{"level":"info","msg":"x"}}',
  ])('is kept as it is where it is something else: %s', (text) => {
    expect(parseLogLine(text)).toEqual({ kind: 'text', text });
  });

  it('is shown from its level on, and always where it has none', () => {
    const warn = parseLogLine('{"level":"warn","msg":"x"}');
    expect([isAtLeast(warn, 'info'), isAtLeast(warn, 'warn'), isAtLeast(warn, 'error')]).toEqual([true, true, false]);
    expect(isAtLeast(parseLogLine('    at f (x.js:1)'), 'error')).toBe(true);
  });
});

describe('since', () => {
  const now = Date.parse('2026-03-02T00:00:00.000Z');

  it.each([
    ['10m', now - 600_000],
    ['1h30m', now - 5_400_000],
    ['500ms', now - 500],
    ['2w', now - 14 * 86_400_000],
    ['2026-03-01T09:30:00.123Z', Date.parse(TS)],
    ['2026-03-01T09:30+02:00', Date.parse('2026-03-01T07:30:00.000Z')],
    ['2026-03-01 09:30', new Date(2026, 2, 1, 9, 30).getTime()],
    ['2026-03-01', new Date(2026, 2, 1).getTime()],
  ])('%s', (text, ms) => {
    expect(parseSince(text, now)).toBe(ms);
  });

  it.each(['', '10', 'm', '10 m', '-10m', '10m!', 'yesterday', '2026', '2026-13-01', '1e9d'])('not %j', (text) => {
    expect(parseSince(text, now)).toBeUndefined();
  });
});
