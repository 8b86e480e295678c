/**
 * Batches as log entries of Datadog, each line one entry.
 *
 * @source https://docs.datadoghq.com/api/latest/logs/#send-logs
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type BatchLine, type Destination, parseRetryAfter, ShipError } from './destination.ts';

export interface DatadogConfig {
  /** The whole URL of the intake: `https://http-intake.logs.datadoghq.com/api/v2/logs`. */
  readonly url: string;
  readonly apiKey: string;
  readonly service: string;
  /** `env:prod,team:x`; empty for none. */
  readonly tags: string;
}

/** The intake's own limits are 1000 entries, 5 MB in all and 1 MB for each, uncompressed; quotes are escaped on the way. */
const MAX_ENTRIES = 1_000;
const MAX_PAYLOAD_BYTES = 5_000_000;
const MAX_ENTRY_BYTES = 1_000_000;
const LIMITS = { maxLines: MAX_ENTRIES, maxBytes: 4_000_000 };

interface Ports {
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export function createDatadogDestination(config: DatadogConfig, ports: Ports): Destination {
  return {
    name: 'datadog',
    limits: LIMITS,
    async send({ lines }, signal) {
      const entries = lines.map((line) => entryOf(line, config));
      for (const payload of payloadsOf(entries)) await sendAll(payload, { config, ports, signal });
    },
    close: () => undefined,
  };
}

interface Sending {
  readonly config: DatadogConfig;
  readonly ports: Ports;
  readonly signal: AbortSignal;
}

/** Sends entries; what is too large as a whole, in halves. */
async function sendAll(entries: readonly string[], sending: Sending): Promise<void> {
  const status = await post(`[${entries.join(',')}]`, sending);
  if (status !== 413) return;
  if (entries.length === 1) throw new ShipError('the intake takes not even one entry of this size (413)');
  const half = Math.ceil(entries.length / 2);
  await sendAll(entries.slice(0, half), sending);
  await sendAll(entries.slice(half), sending);
}

async function post(body: string, { config, ports, signal }: Sending): Promise<number> {
  const compressed = await promisify(gzip)(body);
  let response: Response;
  try {
    response = await ports.fetch(config.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', 'DD-API-KEY': config.apiKey },
      body: compressed,
      // The key goes nowhere else.
      redirect: 'error',
      signal,
    });
  } catch (error) {
    throw new ShipError(`no answer (${reasonOf(error)})`, { cause: error });
  }
  // The connection is free again only when the answer has been read.
  await response.arrayBuffer().catch(() => undefined);
  const { status, headers } = response;
  if (response.ok || status === 413) return status;
  const hint = status === 401 || status === 403 ? '; look at DD_API_KEY' : '';
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), ports.now());
  throw new ShipError(`the intake answered ${status}${hint}`, { retryAfterMs });
}

/** Groups that the intake's limits allow, in order. */
function payloadsOf(entries: readonly string[]): readonly (readonly string[])[] {
  const payloads: string[][] = [];
  let bytes = Infinity;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry) + 1;
    const current = payloads.at(-1);
    if (!current || bytes + size > MAX_PAYLOAD_BYTES - 2 || current.length >= MAX_ENTRIES) {
      payloads.push([entry]);
      bytes = size;
    } else {
      current.push(entry);
      bytes += size;
    }
  }
  return payloads;
}

/** What a crash left before a line stays in the file. */
function entryOf(line: BatchLine, config: DatadogConfig): string {
  const text = line.bytes.toString('utf8', line.start, line.bytes.length - 1);
  const entry = wrap(text, config);
  return Buffer.byteLength(entry) <= MAX_ENTRY_BYTES ? entry : wrap(shorten(text), config);
}

function wrap(message: string, { service, tags }: DatadogConfig): string {
  return JSON.stringify({ ddsource: 'agent-relay', ...(tags !== '' && { ddtags: tags }), service, message });
}

const LONGEST_TEXT = 200;

/** A line that is too long for an entry, without what made it long. Its number and its chain value tell where the whole is. */
function shorten(text: string): string {
  const fields = Object.entries(JSON.parse(text) as Readonly<Record<string, unknown>>);
  const short = fields.filter(
    ([, value]) => typeof value === 'number' || (typeof value === 'string' && value.length <= LONGEST_TEXT),
  );
  return JSON.stringify({
    ...Object.fromEntries(short),
    omitted: `too long for Datadog: ${Buffer.byteLength(text)} bytes`,
  });
}

function reasonOf(error: unknown): string {
  const { cause, name } = error as { readonly cause?: { readonly code?: unknown }; readonly name?: string };
  return typeof cause?.code === 'string' ? cause.code : (name ?? 'Error');
}
