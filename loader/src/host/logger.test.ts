import { expect, test } from 'vitest';
import { createLogger, toLogLevel, type LogLevel } from './logger.ts';

function record(level: LogLevel = 'debug'): { lines: string[]; logger: ReturnType<typeof createLogger> } {
  const lines: string[] = [];
  const file = { write: (line: string) => void lines.push(line), close: () => Promise.resolve() };
  return { lines, logger: createLogger({ file, level, now: () => 0 }) };
}

test('writes one JSON object a line', () => {
  const { lines, logger } = record();
  logger.warn('hello', { n: 1 });
  logger.info('no extra');
  expect(lines).toEqual([
    '{"ts":"1970-01-01T00:00:00.000Z","level":"warn","msg":"hello","extra":{"n":1}}',
    '{"ts":"1970-01-01T00:00:00.000Z","level":"info","msg":"no extra"}',
  ]);
});

test('leaves out lower levels', () => {
  const { lines, logger } = record('warn');
  logger.debug('a');
  logger.info('b');
  logger.warn('c');
  logger.error('d');
  expect(lines).toHaveLength(2);
});

test.each([
  ['WARN', 'warn'],
  ['debug', 'debug'],
  ['loud', 'info'],
  [undefined, 'info'],
])('the level %s is read as %s', (text, level) => {
  expect(toLogLevel(text)).toBe(level);
});

test('no raw control, separator or bidirectional character gets into the file', () => {
  const { lines, logger } = record();
  const hostile = '\u0000\u001b[2J\r\n\u007f\u009b\u2028\u202e\u2066\ufeff';
  logger.info(hostile, { [hostile]: hostile });
  // oxlint-disable-next-line no-control-regex -- controls are what must not be there
  expect(lines[0]).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066\ufeff]/);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: hostile, extra: { [hostile]: hostile } });
});

const circular: Record<string, unknown> = {};
circular['self'] = circular;
const hostileGetter = {
  get secret(): never {
    throw new Error('boom');
  },
};

test.each([
  ['a cycle', circular],
  ['a getter that throws', hostileGetter],
  ['a big integer', { n: 1n }],
  ['an error', { error: new Error('boom') }],
  ['a function', () => 1],
  ['null', null],
  ['too much', { text: 'x'.repeat(100_000) }],
])('an extra that is %s gives one valid line', (_, extra) => {
  const { lines, logger } = record();
  logger.info('message', extra as Record<string, unknown>);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'message' });
  expect(lines[0]?.length).toBeLessThan(20_000);
});

test('extra cannot pose as the line itself', () => {
  const { lines, logger } = record();
  logger.info('real', { level: 'error', msg: 'forged', ts: 'never' });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', msg: 'real' });
});

test('a message that is no text is written as well as can be', () => {
  const { lines, logger } = record();
  for (const message of [undefined, 7, Object.create(null)]) logger.info(message as string);
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
    'undefined',
    '7',
    'a message that cannot be printed',
  ]);
});
