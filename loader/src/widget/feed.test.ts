import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFeed, type Display, type Feed } from './feed.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const INTERVAL_MS = 2_000;

/** Two widgets, of which one has a display that never answers; the other counts how often it is asked. */
function watched(): { readonly feed: Feed; readonly changes: Display[]; readonly asked: string[] } {
  const feed = createFeed({ intervalMs: INTERVAL_MS });
  const changes: Display[] = [];
  const asked: string[] = [];
  feed.watch((change) => void (change.kind === 'display' && changes.push(change.display)));
  const add = (plugin: string, name: string, answer: () => Promise<{ type: 'metric'; value: number }>): void => {
    feed.add({
      plugin,
      displays: [{ name, type: 'metric', title: name }],
      ask: (display) => {
        asked.push(display);
        return answer();
      },
    });
  };
  add('@a/slow', 'slow', () => new Promise(() => undefined));
  let value = 0;
  add('@a/quick', 'quick', () => Promise.resolve({ type: 'metric', value: (value += 1) }));
  return { feed, changes, asked };
}

test('a display that hangs holds up no other, and is not asked again meanwhile', async () => {
  const { feed, changes, asked } = watched();
  await vi.advanceTimersByTimeAsync(3 * INTERVAL_MS);
  feed.close();
  expect(changes.map(({ data }) => data)).toEqual([1, 2, 3, 4].map((value) => ({ type: 'metric', value })));
  expect(asked.filter((name) => name === 'slow')).toEqual(['slow']);
});

test('who asks for all is answered in a second, with what there is', async () => {
  const { feed } = watched();
  const { promise, resolve } = Promise.withResolvers<readonly Display[]>();
  void feed.refresh().then(() => resolve(feed.list()));
  await vi.advanceTimersByTimeAsync(1_000);
  feed.close();
  expect((await promise).map(({ name, state }) => [name, state])).toEqual([
    ['slow', 'waiting'],
    ['quick', 'ok'],
  ]);
});
