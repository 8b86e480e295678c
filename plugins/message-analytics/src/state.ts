/** The window as text, and back. A file may have been cut off, changed or be of another version: then it is not used. */
import { isBin } from './sketch.ts';
import { MAX_TOP_NAMES, type Counted } from './top.ts';
import {
  FAILURE_REASONS,
  MAX_RECEIVERS,
  newBucket,
  type Bucket,
  type Receiver,
  type TrafficWindow,
} from './traffic-window.ts';

/** Version 1, of 1.0, had no receivers. */
const VERSION = 2;
const MAX_CHARS = 64 * 1024 * 1024;

/** What is not known about a window of other slices is left out: names are counted anew when the window's length changed. */
export function serialiseWindow({ buckets, senders, receivers, minutes }: TrafficWindow): string {
  return JSON.stringify({
    version: VERSION,
    minutes,
    buckets: [...buckets].map(([minute, { failed, latency, ...counts }]) => ({
      minute,
      ...counts,
      failed: Object.fromEntries(failed),
      latency: [...latency],
    })),
    senders: [...senders].map(([slice, top]) => ({
      slice,
      names: [...top].map(([name, { count, error }]) => [name, count, error]),
    })),
    receivers: [...receivers].map(([slice, named]) => ({
      slice,
      names: [...named].map(([name, { delivered, failed, latency }]) => [name, delivered, failed, [...latency]]),
    })),
  });
}

/** Undefined if it is no state of this version. @param minutes the window's length now */
export function parseWindow(text: string, minutes: number): TrafficWindow | undefined {
  const value = text.length <= MAX_CHARS ? parseJson(text) : undefined;
  if (!isRecord(value) || ![1, VERSION].includes(Number(value['version']))) return undefined;
  const buckets = listOf(value['buckets'], parseBucket);
  const isSameLength = value['minutes'] === minutes;
  const senders = isSameLength ? listOf(value['senders'], parseSlice) : [];
  const receivers = isSameLength ? listOf(value['receivers'] ?? [], parseReceivers) : [];
  if (!buckets || !senders || !receivers) return undefined;
  return { buckets: new Map(buckets), senders: new Map(senders), receivers: new Map(receivers), minutes };
}

type Fields = Readonly<Record<string, unknown>>;

function parseBucket(value: unknown): readonly [number, Bucket] | undefined {
  if (!isRecord(value)) return undefined;
  const { minute, sent, bytes, delivered, lost } = value;
  if (![minute, sent, bytes, delivered, lost].every(isCount)) return undefined;
  const bins = listOf(value['latency'], parseBin);
  const failed = isRecord(value['failed']) ? value['failed'] : {};
  if (!bins) return undefined;
  const counts = { sent: Number(sent), bytes: Number(bytes), delivered: Number(delivered), lost: Number(lost) };
  const reasons = FAILURE_REASONS.flatMap((reason) => {
    const count = failed[reason];
    return isCount(count) && count > 0 ? [[reason, count] as const] : [];
  });
  return [Number(minute), { ...newBucket(), ...counts, failed: new Map(reasons), latency: new Map(bins) }];
}

function parseBin(value: unknown): readonly [number, number] | undefined {
  if (!Array.isArray(value)) return undefined;
  const [bin, count] = value as readonly unknown[];
  return isBin(bin) && isCount(count) ? [bin, count] : undefined;
}

function parseSlice(value: unknown): readonly [number, Map<string, Counted>] | undefined {
  if (!isRecord(value) || !isCount(value['slice'])) return undefined;
  const names = listOf(value['names'], parseName);
  return names && names.length <= MAX_TOP_NAMES ? [value['slice'], new Map(names)] : undefined;
}

function parseName(value: unknown): readonly [string, Counted] | undefined {
  if (!Array.isArray(value)) return undefined;
  const [name, count, error] = value as readonly unknown[];
  return typeof name === 'string' && isCount(count) && isCount(error) ? [name, { count, error }] : undefined;
}

function parseReceivers(value: unknown): readonly [number, Map<string, Receiver>] | undefined {
  if (!isRecord(value) || !isCount(value['slice'])) return undefined;
  const names = listOf(value['names'], parseReceiver);
  // One more: those without room.
  return names && names.length <= MAX_RECEIVERS + 1 ? [value['slice'], new Map(names)] : undefined;
}

function parseReceiver(value: unknown): readonly [string, Receiver] | undefined {
  if (!Array.isArray(value)) return undefined;
  const [name, delivered, failed, latency] = value as readonly unknown[];
  const bins = listOf(latency, parseBin);
  if (typeof name !== 'string' || !isCount(delivered) || !isCount(failed) || !bins) return undefined;
  return [name, { delivered, failed, latency: new Map(bins) }];
}

/** Undefined if one of them is wrong: a state that is wrong in one place is not to be trusted in others. */
function listOf<Item>(value: unknown, parse: (item: unknown) => Item | undefined): readonly Item[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items: Item[] = [];
  for (const each of value as readonly unknown[]) {
    const item = parse(each);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
