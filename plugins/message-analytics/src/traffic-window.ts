/** What was observed in the last minutes, in a fixed amount of memory: one bucket a minute, twelve tables of names. */
import type { FailedMessageFacts, MessageObservation } from '@ar-registry/sdk';
import { addDuration, addSketch, type Sketch } from './sketch.ts';
import { countName, type Top } from './top.ts';

export type FailureReason = FailedMessageFacts['reason'];

export const FAILURE_REASONS: readonly FailureReason[] = [
  'denied',
  'unreachable',
  'unacknowledged',
  'disconnected',
  'rate-limited',
];

export interface Bucket {
  sent: number;
  bytes: number;
  delivered: number;
  /** Observations that the daemon could not hand over, since this plugin was too slow. */
  lost: number;
  readonly failed: Map<FailureReason, number>;
  readonly latency: Sketch;
}

/** What came of messages to one receiver. */
export interface Receiver {
  delivered: number;
  failed: number;
  readonly latency: Sketch;
}

/** All of the window, added up. */
export type Totals = Readonly<Bucket>;

export interface TrafficWindow {
  /** Minutes since the epoch → what happened in them. At most as many as the window has minutes. */
  readonly buckets: Map<number, Bucket>;
  /** Number of the slice since the epoch → its senders. */
  readonly senders: Map<number, Top>;
  /** The same for receivers. Those for whom there is no room are counted together, under no name. */
  readonly receivers: Map<number, Map<string, Receiver>>;
  readonly minutes: number;
}

const MINUTE_MS = 60_000;
const SLICES = 12;
const MAX_NAME_CHARS = 100;
/** In one slice. */
export const MAX_RECEIVERS = 100;
/** Of all receivers for whom there is no room. */
export const OTHERS = '';

export function createWindow(minutes: number): TrafficWindow {
  return { buckets: new Map(), senders: new Map(), receivers: new Map(), minutes };
}

export function newBucket(): Bucket {
  return { sent: 0, bytes: 0, delivered: 0, lost: 0, failed: new Map(), latency: new Map() };
}

/** Counts one observation under the time that it has itself, unless that is outside of the window. */
export function observe(window: TrafficWindow, observation: MessageObservation, nowMs: number): void {
  const minute = minuteOf(observation.at);
  if (!isWithin(window, minute, nowMs)) return;
  const bucket = bucketOf(window, minute);
  switch (observation.kind) {
    case 'sent':
      bucket.sent += 1;
      bucket.bytes += observation.bodyBytes;
      countName(sliceOf(window.senders, minute, window), observation.from.slice(0, MAX_NAME_CHARS));
      break;
    case 'delivered':
      bucket.delivered += 1;
      if (observation.latencyMs !== undefined) addDuration(bucket.latency, observation.latencyMs);
      countReceived(window, minute, observation);
      break;
    case 'failed':
      bucket.failed.set(observation.reason, (bucket.failed.get(observation.reason) ?? 0) + 1);
      countReceived(window, minute, observation);
  }
}

function countReceived(window: TrafficWindow, minute: number, observation: Ended): void {
  const { to } = observation;
  // Whom a message that was denied to all of a channel would have reached is not known.
  if (to === undefined || to === '*') return;
  const receiver = receiverOf(sliceOf(window.receivers, minute, window), to.slice(0, MAX_NAME_CHARS));
  if (observation.kind === 'failed') receiver.failed += 1;
  else {
    receiver.delivered += 1;
    if (observation.latencyMs !== undefined) addDuration(receiver.latency, observation.latencyMs);
  }
}

type Ended = Exclude<MessageObservation, { readonly kind: 'sent' }>;

function receiverOf(slice: Map<string, Receiver>, name: string): Receiver {
  const key = slice.has(name) || slice.size < MAX_RECEIVERS ? name : OTHERS;
  const known = slice.get(key) ?? newReceiver();
  slice.set(key, known);
  return known;
}

function newReceiver(): Receiver {
  return { delivered: 0, failed: 0, latency: new Map() };
}

/** Of the whole window, by name. */
export function receiversOf({ receivers }: TrafficWindow): ReadonlyMap<string, Receiver> {
  const sums = new Map<string, Receiver>();
  for (const slice of receivers.values())
    for (const [name, { delivered, failed, latency }] of slice) {
      const sum = sums.get(name) ?? newReceiver();
      sum.delivered += delivered;
      sum.failed += failed;
      addSketch(sum.latency, latency);
      sums.set(name, sum);
    }
  return sums;
}

export function countLost(window: TrafficWindow, lost: number, nowMs: number): void {
  if (lost > 0) bucketOf(window, minuteOf(nowMs)).lost += lost;
}

/** Forgets what is older than the window, and what a clock that was wrong put into the future. */
export function prune(window: TrafficWindow, nowMs: number): void {
  for (const minute of window.buckets.keys()) if (!isWithin(window, minute, nowMs)) window.buckets.delete(minute);
  for (const slices of [window.senders, window.receivers])
    for (const slice of slices.keys()) if (!isSliceWithin(window, slice, minuteOf(nowMs))) slices.delete(slice);
}

function isSliceWithin(window: TrafficWindow, slice: number, minute: number): boolean {
  const [first, last] = [slice * sliceMinutes(window), (slice + 1) * sliceMinutes(window) - 1];
  return last > minute - window.minutes && first <= minute + 1;
}

export function totalsOf(window: TrafficWindow): Totals {
  const sum = newBucket();
  for (const bucket of window.buckets.values()) {
    sum.sent += bucket.sent;
    sum.bytes += bucket.bytes;
    sum.delivered += bucket.delivered;
    sum.lost += bucket.lost;
    for (const [reason, count] of bucket.failed) sum.failed.set(reason, (sum.failed.get(reason) ?? 0) + count);
    addSketch(sum.latency, bucket.latency);
  }
  return sum;
}

export function failuresOf({ failed }: Readonly<Bucket>): number {
  return [...failed.values()].reduce((sum, count) => sum + count, 0);
}

/** Every minute of the window, oldest first; without a bucket where nothing was observed. */
export function minutesOf(
  { buckets, minutes }: TrafficWindow,
  nowMs: number,
): readonly { readonly startSeconds: number; readonly bucket: Readonly<Bucket> | undefined }[] {
  const first = minuteOf(nowMs) - minutes + 1;
  return Array.from({ length: minutes }, (_, index) => ({
    startSeconds: (first + index) * 60,
    bucket: buckets.get(first + index),
  }));
}

function minuteOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS);
}

/** The next minute is within: an observation may be timed by the daemon just after this clock was read. */
function isWithin({ minutes }: TrafficWindow, minute: number, nowMs: number): boolean {
  const current = minuteOf(nowMs);
  return minute > current - minutes && minute <= current + 1;
}

function bucketOf({ buckets }: TrafficWindow, minute: number): Bucket {
  const known = buckets.get(minute) ?? newBucket();
  buckets.set(minute, known);
  return known;
}

function sliceOf<Value>(
  slices: Map<number, Map<string, Value>>,
  minute: number,
  window: TrafficWindow,
): Map<string, Value> {
  const slice = Math.floor(minute / sliceMinutes(window));
  const known = slices.get(slice) ?? new Map<string, Value>();
  slices.set(slice, known);
  return known;
}

function sliceMinutes({ minutes }: TrafficWindow): number {
  return Math.max(1, Math.ceil(minutes / SLICES));
}
