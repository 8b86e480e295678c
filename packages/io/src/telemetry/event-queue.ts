/**
 * What waits to be told, and what was told last, in two small files of the user's own data folder.
 *
 * Whoever writes here has better things to do: nothing throws, nothing waits, and what cannot be written is lost. Files
 * are read and written at once and not by promises, which would cost more than the writing.
 */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { EVENT_NAMES, type TelemetryEvent } from '@ar-registry/core/telemetry';

/** An event, and the base URL of the registry that it is about. */
export interface QueuedEvent {
  /** ISO 8601; it never leaves this machine. */
  readonly at: string;
  readonly registry: string;
  readonly event: TelemetryEvent;
}

/** What became of an event. */
export interface ToldEvent {
  readonly at: string;
  /** The whole address that was asked for. */
  readonly address: string;
  /** Whether a server answered; what it answered is nobody's business. */
  readonly sent: boolean;
}

export interface EventQueue {
  /** Appends events. @returns whether they are there now */
  add(events: readonly QueuedEvent[]): boolean;
  /** Takes all events out: whoever gets them is the only one who does. */
  take(): readonly QueuedEvent[];
  waiting(): readonly QueuedEvent[];
  /** Remembers what was told, the last hundred. */
  remember(told: readonly ToldEvent[]): void;
  remembered(): readonly ToldEvent[];
  /** Forgets everything. @returns whether nothing is left */
  clear(): boolean;
}

/** Then nobody sends, and more would only be more of the same. */
const MAX_BYTES = 64 * 1024;
const MAX_REMEMBERED = 100;

/** @param folder absolute; made when there is something to write */
export function createEventQueue(folder: string): EventQueue {
  const waiting = path.join(folder, 'waiting.jsonl');
  const told = path.join(folder, 'told.jsonl');
  return {
    add: (events) => succeeds(() => append(waiting, toLines(events))),
    take: () => orElse(() => takeFile(waiting), []),
    waiting: () => orElse(() => parseLines(fs.readFileSync(waiting, 'utf8'), isQueued), []),
    remember: (events) =>
      void succeeds(() => replace(told, toLines([...readTold(told), ...events].slice(-MAX_REMEMBERED)))),
    remembered: () => readTold(told),
    clear: () => succeeds(() => fs.rmSync(folder, { recursive: true, force: true })),
  };
}

/** One write to a file that is opened for appending: lines of two processes do not mix. */
function append(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const descriptor = fs.openSync(file, 'a', 0o600);
  try {
    if (fs.fstatSync(descriptor).size + text.length > MAX_BYTES) throw new Error('There is no room.');
    fs.writeSync(descriptor, text);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Under another name it is nobody else's: of two that take at once, one finds nothing. */
function takeFile(file: string): readonly QueuedEvent[] {
  const own = `${file}.${randomUUID()}`;
  fs.renameSync(file, own);
  try {
    return parseLines(fs.readFileSync(own, 'utf8'), isQueued);
  } finally {
    fs.rmSync(own, { force: true });
  }
}

function replace(file: string, text: string): void {
  const beside = `${file}.${randomUUID()}`;
  fs.writeFileSync(beside, text, { mode: 0o600 });
  fs.renameSync(beside, file);
}

function readTold(file: string): readonly ToldEvent[] {
  return orElse(() => parseLines(fs.readFileSync(file, 'utf8'), isTold), []);
}

function toLines(events: readonly object[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

/** A line that is damaged counts as none. */
function parseLines<T>(text: string, isOne: (value: unknown) => value is T): readonly T[] {
  return text.split('\n').flatMap((line) => {
    const value = orElse<unknown>(() => JSON.parse(line), undefined);
    return isOne(value) ? [value] : [];
  });
}

function isQueued(value: unknown): value is QueuedEvent {
  if (!isRecord(value) || typeof value['at'] !== 'string' || typeof value['registry'] !== 'string') return false;
  const { event } = value;
  if (!isRecord(event) || !EVENT_NAMES.some((name) => name === event['kind'])) return false;
  return (
    typeof event['terms'] === 'string' || (typeof event['name'] === 'string' && typeof event['version'] === 'string')
  );
}

function isTold(value: unknown): value is ToldEvent {
  return isRecord(value) && [value['at'], value['address']].every((text) => typeof text === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function succeeds(work: () => unknown): boolean {
  return orElse(() => {
    work();
    return true;
  }, false);
}

/** Whatever the disk says: nobody can be told, and nobody should. */
function orElse<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}
