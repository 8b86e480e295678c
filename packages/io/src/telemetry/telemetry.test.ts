import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDailyMarker } from './daily-marker.ts';
import { createEventQueue, type QueuedEvent, type ToldEvent } from './event-queue.ts';

let folder: string;
beforeEach(() => {
  folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'ar-telemetry-')), 'telemetry');
});
afterEach(() => fs.rmSync(path.dirname(folder), { recursive: true, force: true }));

const REGISTRY = 'https://registry.example';
const eventOf = (terms: string): QueuedEvent => ({
  at: '2026-11-23T04:00:00.000Z',
  registry: REGISTRY,
  event: { kind: 'missed', terms },
});

const toldOf = (number: number): ToldEvent => ({ at: '2026-11-23T04:00:00.000Z', address: String(number), sent: true });

describe('the queue', () => {
  it('gives each event to one who takes it, in order', () => {
    const queue = createEventQueue(folder);
    expect([queue.add([eventOf('a'), eventOf('b')]), queue.add([eventOf('c')])]).toEqual([true, true]);
    expect(queue.waiting()).toHaveLength(3);
    expect(queue.take()).toEqual([eventOf('a'), eventOf('b'), eventOf('c')]);
    expect([queue.take(), queue.waiting(), fs.readdirSync(folder)]).toEqual([[], [], []]);
  });

  it('is for the eyes of its user alone', () => {
    createEventQueue(folder).add([eventOf('a')]);
    const modes = [folder, path.join(folder, 'waiting.jsonl')].map((file) => fs.statSync(file).mode & 0o777);
    expect(modes).toEqual([0o700, 0o600]);
  });

  it('takes no more than it has room for', () => {
    const queue = createEventQueue(folder);
    const many = Array.from({ length: 400 }, () => eventOf('x'));
    expect([queue.add(many), queue.add(many), queue.waiting().length]).toEqual([true, false, 400]);
  });

  it('passes over what is none of its events', () => {
    fs.mkdirSync(folder, { recursive: true });
    const lines = [
      '{',
      'null',
      '7',
      '[]',
      '{"at":"x"}',
      '{"at":"x","registry":"y","event":{"kind":"../x","name":"a","version":"b"}}',
      '{"at":"x","registry":"y","event":{"kind":"load","name":1}}',
    ];
    fs.writeFileSync(path.join(folder, 'waiting.jsonl'), `${lines.join('\n')}\n${JSON.stringify(eventOf('a'))}\n`);
    fs.writeFileSync(path.join(folder, 'told.jsonl'), lines.join('\n'));
    const queue = createEventQueue(folder);
    expect([queue.remembered(), queue.take()]).toEqual([[], [eventOf('a')]]);
  });

  it('remembers the last hundred that were told', () => {
    const queue = createEventQueue(folder);
    queue.add([eventOf('a')]);
    for (let round = 0; round < 3; round += 1)
      queue.remember(Array.from({ length: 50 }, (_, index) => toldOf(round * 50 + index)));
    expect(queue.remembered()).toHaveLength(100);
    expect(queue.remembered()[0]).toEqual(toldOf(50));
    expect([queue.clear(), fs.existsSync(folder)]).toEqual([true, false]);
  });

  it('is nothing where something else is in its place', () => {
    fs.writeFileSync(folder, '');
    const queue = createEventQueue(folder);
    expect([queue.add([eventOf('a')]), queue.take(), queue.waiting(), queue.remembered()]).toEqual([false, [], [], []]);
    expect(() => queue.remember([])).not.toThrow();
  });
});

describe('the marker of the day', () => {
  it('says once a day, for each, that it is the first time, also to the next process', () => {
    const days = ['2026-11-23', '2026-11-23', '2026-11-24', '2026-11-24'];
    const firsts = days.map((day) => createDailyMarker(folder).isFirst(day, '/project', '@a/b'));
    expect(firsts).toEqual([true, false, true, false]);
    expect(createDailyMarker(folder).isFirst('2026-11-24', '/project', '@a/c')).toBe(true);
    expect(createDailyMarker(folder).isFirst('2026-11-24', '/other', '@a/b')).toBe(true);
  });

  it('keeps nothing of the day before, and no path', () => {
    createDailyMarker(folder).isFirst('2026-11-23', '/home/ada/secret-project', '@a/b');
    createDailyMarker(folder).isFirst('2026-11-24', '/home/ada/secret-project', '@a/b');
    expect(fs.readFileSync(path.join(folder, 'today.txt'), 'utf8')).toMatch(/^2026-11-24\n[0-9a-f]{16}\n$/);
  });

  it('is never the first time where that cannot be noted', () => {
    fs.writeFileSync(folder, '');
    expect(createDailyMarker(folder).isFirst('2026-11-23', 'x')).toBe(false);
  });
});
