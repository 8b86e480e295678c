import { setTimeout as delay } from 'node:timers/promises';
import { hasCode } from '@ar-registry/core/errors';
import { expect, it } from 'vitest';
import { createMarks, type MarkStore } from './marks.ts';
import type { Head, Pace, Place } from './types.ts';

/** Long enough for a machine that does other things. */
const PACE: Pace = { beat: 40, gone: 1500, wait: 4000, look: 5 };

function memory(): MarkStore & { text: string | undefined; isDown: boolean } {
  let version = 0;
  const store = {
    text: undefined as string | undefined,
    isDown: false,
    read: async () => (store.text === undefined ? undefined : { text: store.text, version: String(version) }),
    replace: async (text: string, expected: string | undefined) => {
      if (store.isDown) throw new Error('no network');
      if (expected !== (store.text === undefined ? undefined : String(version))) return undefined;
      store.text = text;
      version += 1;
      return String(version);
    },
  };
  return store;
}

type Marks = Pick<Place, 'head' | 'hold'>;

function marksOf(store: MarkStore, pace: Partial<Pace> = {}): Marks {
  return createMarks({ shown: 'there', store, pace: { ...PACE, ...pace }, signal: AbortSignal.timeout(20_000) });
}

const STRANGER = `4711 1 ${'0'.repeat(16)}`;
const claimOf = (holder: string, beats: number): string =>
  `${JSON.stringify({ schemaVersion: 1, holder, nonce: 'n', beats })}\n`;

async function deployOnce(marks: Marks, head?: Head): Promise<string | undefined> {
  const held = await marks.hold(head ?? (await marks.head()), (hold) => hold.finish(async () => {}));
  return held?.result;
}

it('has another id after each deployment', async () => {
  const marks = marksOf(memory());
  expect(await marks.head()).toEqual({ id: undefined, version: undefined });
  const ids = [await deployOnce(marks), await deployOnce(marks)];
  expect(new Set(ids).size).toBe(2);
  expect((await marks.head()).id).toBe(ids[1]);
});

it('is held by who has seen the newest one', async () => {
  const marks = marksOf(memory());
  const head = await marks.head();
  await deployOnce(marks);
  expect(await deployOnce(marks, head)).toBeUndefined();
});

it('has no id while it is held, and after work that failed', async () => {
  const store = memory();
  const marks = marksOf(store);
  await deployOnce(marks);
  const failed = marks.hold(await marks.head(), async () => {
    expect(JSON.parse(store.text ?? '')).not.toHaveProperty('id');
    throw new Error('cut off');
  });
  await expect(failed).rejects.toThrow('cut off');
  expect(await marks.head()).toMatchObject({ id: undefined });
});

it('is waited for as long as its holder gives signs of life', async () => {
  const store = memory();
  const [first, second] = [marksOf(store), marksOf(store, { gone: 200 })];
  const order: string[] = [];
  const held = first.hold(await first.head(), async (hold) => {
    await delay(600);
    order.push('first');
    return hold.finish(async () => {});
  });
  await delay(20);
  const head = await second.head();
  order.push('second');
  expect(order).toEqual(['first', 'second']);
  expect(head.id).toBe((await held)?.result);
});

it('is taken over from who gives none', async () => {
  const store = memory();
  store.text = claimOf(STRANGER, 7);
  const marks = marksOf(store, { gone: 100 });
  const begun = performance.now();
  expect((await marks.head()).id).toBeUndefined();
  expect(performance.now() - begun).toBeGreaterThan(90);
  expect(await deployOnce(marks)).toBeDefined();
});

it('is taken over at once from a process of this machine that has ended', async () => {
  const store = memory();
  const marks = marksOf(store, { gone: 60_000, wait: 60_000 });
  let claim = '';
  await marks.hold(await marks.head(), async () => {
    claim = store.text ?? '';
  });
  // The number of a process that there cannot be.
  store.text = claim.replace(/"holder":"\d+ /, `"holder":"${2 ** 30} `);
  expect(store.text).not.toBe(claim);
  expect((await marks.head()).id).toBeUndefined();
});

it('is given up waiting for, at last', async () => {
  const store = memory();
  let beats = 0;
  const read: MarkStore['read'] = async () => ({ text: claimOf(STRANGER, (beats += 1)), version: String(beats) });
  const waiting = marksOf({ ...store, read }, { wait: 100 }).head();
  await expect(waiting).rejects.toSatisfy((error) => hasCode(error, 'DEPLOY_IN_USE'));
});

it('tells its holder that somebody else has it', async () => {
  const store = memory();
  const marks = marksOf(store);
  const held = marks.hold(await marks.head(), async (hold) => {
    await store.replace(claimOf(STRANGER, 0), (await store.read())?.version);
    await expect(hold.assertHeld()).rejects.toSatisfy((error) => hasCode(error, 'DEPLOY_IN_USE'));
    expect(hold.signal.aborted).toBe(true);
    return hold.finish(async () => {});
  });
  await expect(held).rejects.toSatisfy((error) => hasCode(error, 'DEPLOY_IN_USE'));
  expect(store.text).toContain(STRANGER);
});

it('is not held by who could not say for long that he lives', async () => {
  const store = memory();
  const marks = marksOf(store, { gone: 150 });
  const held = marks.hold(await marks.head(), async (hold) => {
    store.isDown = true;
    while (!hold.signal.aborted) await delay(10, undefined, { signal: AbortSignal.timeout(5000) });
    hold.signal.throwIfAborted();
  });
  await expect(held).rejects.toThrow('no network');
});
