import { expect, test } from 'vitest';
import { PASS, type GatedMessage } from './message.ts';
import { createPlaces, verdictOf, type Guard, type Places } from './places.ts';

const MESSAGE = { addressee: 'Bob' } as GatedMessage;
const passes: Guard = { check: () => Promise.resolve(PASS) };
const fails: Guard = { check: () => Promise.resolve(undefined) };

function verdict(places: Places): ReturnType<typeof verdictOf> {
  const [place] = places.list();
  if (!place) throw new Error('There is no place.');
  return verdictOf(place, MESSAGE);
}

test('places stay in the order in which they were taken, also when a plugin loads anew', () => {
  const places = createPlaces();
  places.expect('@a/one', 'deny');
  places.expect('@a/two', 'allow');
  places.activate('@a/two', passes);
  places.activate('@a/one', passes)();
  places.expect('@a/one', 'allow');
  expect(places.list().map(({ plugin, state, onFailure }) => [plugin, state, onFailure])).toEqual([
    ['@a/one', 'loading', 'allow'],
    ['@a/two', 'active', 'allow'],
  ]);
});

test('a message waits for a plugin that denies on failure, until it is active', async () => {
  const places = createPlaces();
  places.expect('@a/one', 'deny');
  const waiting = verdict(places);
  places.activate('@a/one', passes);
  expect(await waiting).toEqual(PASS);
});

test.each([
  ['denies', 'deny', 'drop'],
  ['allows', 'allow', 'pass'],
] as const)('a plugin that failed, or fails to decide, %s as the user chose', async (_, onFailure, kind) => {
  const places = createPlaces();
  places.expect('@a/one', onFailure);
  const waiting = verdict(places);
  places.fail('@a/one');
  expect((await waiting).kind).toBe(kind);
  places.expect('@a/one', onFailure);
  places.activate('@a/one', fails);
  expect((await verdict(places)).kind).toBe(kind);
});

test('a plugin that the user takes away has no say any more', async () => {
  const places = createPlaces();
  places.expect('@a/one', 'deny');
  const waiting = verdict(places);
  places.forget('@a/one');
  expect(await waiting).toEqual(PASS);
  expect(places.list()).toEqual([]);
});
