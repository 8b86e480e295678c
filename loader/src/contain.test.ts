import { expect, test } from 'vitest';
import { contain, describeThrown } from './contain.ts';

const hang = (): Promise<void> => new Promise(() => undefined);
const LIMITS = { timeoutMs: 1_000 };

test('hands back what the call returns', async () => {
  expect(await contain(() => 1, LIMITS)).toEqual({ kind: 'returned', value: 1 });
  expect(await contain(() => Promise.resolve(2), LIMITS)).toEqual({ kind: 'returned', value: 2 });
});

test('turns throws and rejections into data', async () => {
  const error = new Error('boom');
  const thrown = (): never => {
    throw error;
  };
  expect(await contain(thrown, LIMITS)).toEqual({ kind: 'threw', error });
  expect(await contain(() => Promise.reject(error), LIMITS)).toEqual({ kind: 'threw', error });
});

test('turns a thenable that throws into data', async () => {
  const hostile = {
    // oxlint-disable-next-line unicorn/no-thenable -- hostile on purpose
    get then(): never {
      throw new Error('boom');
    },
  };
  expect((await contain(() => hostile, LIMITS)).kind).toBe('threw');
});

test('gives up on a call that hangs', async () => {
  expect(await contain(hang, { timeoutMs: 5 })).toEqual({ kind: 'timed-out' });
});

test('gives up when aborted, before the call and during it', async () => {
  expect(await contain(hang, { ...LIMITS, signal: AbortSignal.abort() })).toEqual({ kind: 'aborted' });
  const controller = new AbortController();
  const outcome = contain(hang, { ...LIMITS, signal: controller.signal });
  controller.abort();
  expect(await outcome).toEqual({ kind: 'aborted' });
});

test.each([
  [new Error('boom'), 'boom'],
  [new TypeError(''), 'TypeError'],
  [new Error('It broke.'), 'It broke'],
  [new Error('and so on...'), 'and so on...'],
  ['.', '.'],
  [refusal('FileSystemRead', '/etc/hosts'), '/etc/hosts is not allowed: it needs the permission filesystem.read'],
  [refusal('WorkerThreads', ''), 'this is not allowed: it needs the permission workers'],
  [
    new EvalError('Code generation from strings disallowed for this context'),
    'code from text is not allowed: it needs the permission codeGeneration',
  ],
  [refusal('toString', '/etc/hosts'), 'Use --allow-it'],
  ['text', 'text'],
  [undefined, 'undefined'],
  [null, 'null'],
  ['', 'an empty message'],
  ['\u001b[31mred\nline', 'red line'],
  [Object.create(null), 'a value that cannot be printed'],
  [Symbol('s'), 'Symbol(s)'],
])('describes %o in one clean line', (thrown, text) => {
  expect(describeThrown(thrown)).toBe(text);
});

/** As Node's permission model makes them. */
function refusal(permission: string, resource: string): Error {
  return Object.assign(new Error('Use --allow-it.'), { code: 'ERR_ACCESS_DENIED', permission, resource });
}
