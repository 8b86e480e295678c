import { expect, test } from 'vitest';
import { contain } from '../contain.ts';
import { createCaller, type Caller } from './caller.ts';

interface Recorded {
  readonly caller: Caller;
  readonly errors: string[];
  readonly reasons: string[];
}

const nothing = (): void => undefined;

function callerWith(now: () => number): Recorded {
  const errors: string[] = [];
  const reasons: string[] = [];
  const guest = {
    call: contain,
    logger: { debug: nothing, info: nothing, warn: nothing, error: (message: string) => void errors.push(message) },
    metrics: {
      counter: (name: string, _by?: number, labels: Readonly<Record<string, string>> = {}) => {
        if (name === 'ar_plugin_call_errors_total') reasons.push(labels['reason'] ?? '');
      },
      gauge: nothing,
      histogram: nothing,
    },
  };
  return { caller: createCaller({ guest, timeoutMs: 5, now }), errors, reasons };
}

const hang = (): Promise<never> => new Promise<never>(() => undefined);

function throws(): never {
  throw new Error('at once');
}

test('an answer comes back; a throw and a rejection are failures that are told of', async () => {
  const { caller, reasons, errors } = callerWith(() => 0);
  expect(await caller.ask('get', () => 7)).toEqual({ ok: true, value: 7 });
  expect(await caller.ask('get', () => Promise.reject(new Error('no')))).toEqual({ ok: false });
  expect(await caller.ask('get', throws)).toEqual({ ok: false });
  expect(reasons).toEqual(['threw', 'threw']);
  expect(errors).toEqual(['get failed']);
});

test('a plugin that hangs three times in a row is left alone for a while', async () => {
  let nowMs = 0;
  const { caller, reasons } = callerWith(() => nowMs);
  for (let count = 0; count < 3; count += 1) await caller.ask('get', hang);
  let called = false;
  const call = (): void => {
    called = true;
  };
  await caller.ask('get', call);
  expect([called, reasons]).toEqual([false, ['timed-out', 'timed-out', 'timed-out', 'resting']]);
  nowMs = 10_000;
  expect(await caller.ask('get', call)).toEqual({ ok: true, value: undefined });
  expect(called).toBe(true);
});

test('after closing nothing is called, and closing waits for what is under way', async () => {
  const { caller } = callerWith(() => 0);
  const asked = caller.ask('get', hang);
  await caller.close();
  expect(await asked).toEqual({ ok: false });
  expect(await caller.ask('get', () => 7)).toEqual({ ok: false });
});
