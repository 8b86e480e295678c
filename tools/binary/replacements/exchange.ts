/**
 * One request over the runtime's own `fetch`, which is not JavaScript: `node:http`, which is, takes eight times as long. With the
 * same limits, errors and meaning as `exchangeOverHttp`, which does what this one cannot.
 */
import { ArError } from '@ar-registry/core/errors';
import { damaged } from '../../../packages/io/src/api-client/body.ts';
import {
  exchangeOverHttp,
  protocolOf,
  silence,
  TIMEOUTS_IN_ALL,
  TOO_SLOW,
} from '../../../packages/io/src/api-client/exchange-over-http.ts';
import type { HttpResponse, Sent } from '../../../packages/io/src/api-client/http.ts';
import { shown, TimedOut, unreachable } from '../../../packages/io/src/api-client/report.ts';

/** What Bun's `fetch` can be told besides: that the body comes as it is sent, and that nobody else counts the time. */
interface Options extends RequestInit {
  readonly decompress: false;
  readonly timeout: false;
}

/** More than this a body that was compressed is not longer than what is in it. */
const COMPRESSED_EXCESS_BYTES = 64 * 1024;

/** @throws as `exchangeOverHttp` */
export async function exchange(request: Sent): Promise<HttpResponse> {
  if (request.agentFor || request.file || hasProxyOfItsOwn()) return exchangeOverHttp(request);
  const { url, signal } = request;
  signal.throwIfAborted();
  protocolOf(url);
  const watch = watchOver(request);
  try {
    const response = await ask(request, watch.signal);
    watch.heard();
    const body = await collect(response, request, watch.heard);
    return { url, status: response.status, headers: Object.fromEntries(response.headers), body };
  } catch (error) {
    throw signal.aborted ? signal.reason : unreachable(watch.failure() ?? error, url);
  } finally {
    watch.end();
  }
}

/** The one variable that `fetch` heeds here and the JavaScript version does not. */
function hasProxyOfItsOwn(): boolean {
  return Boolean(process.env['ALL_PROXY'] || process.env['all_proxy']);
}

interface Watch {
  /** Aborted when the user gives up, when the server took too long, and at the end: nothing more is to come then. */
  readonly signal: AbortSignal;
  /** Something came. */
  readonly heard: () => void;
  readonly failure: () => TimedOut | undefined;
  readonly end: () => void;
}

function watchOver({ timeoutMs, signal }: Sent): Watch {
  const controller = new AbortController();
  let failure: TimedOut | undefined;
  const stop = (reason: string) => (): void => {
    failure ??= new TimedOut(reason);
    controller.abort(failure);
  };
  const idle = setTimeout(stop(silence(timeoutMs)), timeoutMs);
  const deadline = setTimeout(stop(TOO_SLOW), timeoutMs * TIMEOUTS_IN_ALL);
  const giveUp = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', giveUp);
  return {
    signal: controller.signal,
    heard: () => void idle.refresh(),
    failure: () => failure,
    end: () => {
      clearTimeout(idle);
      clearTimeout(deadline);
      signal.removeEventListener('abort', giveUp);
      controller.abort();
    },
  };
}

/** @throws REGISTRY_URL_INVALID, and what `fetch` throws */
async function ask(request: Sent, signal: AbortSignal): Promise<Response> {
  const options: Options = { redirect: 'manual', decompress: false, timeout: false, signal };
  const posted = request.json === undefined ? {} : { method: 'POST', body: request.json };
  return fetch(request.url, { ...options, ...posted, headers: headersOf(request) });
}

/** @throws REGISTRY_URL_INVALID for what no request can carry */
function headersOf({ url, headers, authorization, json }: Sent): Headers {
  const secret = authorization ? { authorization: authorization.value } : {};
  const type = json === undefined ? {} : { 'content-type': 'application/json' };
  try {
    return new Headers({ ...headers, ...secret, ...type });
  } catch (cause) {
    throw new ArError('REGISTRY_URL_INVALID', { url: shown(url) }, { cause });
  }
}

/**
 * The body, decompressed and whole: one that ends too early is an error of `fetch`.
 *
 * @throws REGISTRY_RESPONSE_TOO_LARGE, REGISTRY_RESPONSE_INVALID
 */
async function collect(response: Response, { url, limitBytes }: Sent, heard: () => void): Promise<Buffer> {
  const tooLarge = (): ArError => new ArError('REGISTRY_RESPONSE_TOO_LARGE', { url: shown(url), limitBytes });
  const decode = decoderOf(response.headers.get('content-encoding'));
  const body = await readAll(response, decode ? limitBytes + COMPRESSED_EXCESS_BYTES : limitBytes, heard);
  if (!body) throw tooLarge();
  try {
    return decode && body.length > 0 ? decode(body, { maxOutputLength: limitBytes }) : body;
  } catch (error) {
    throw error instanceof RangeError ? tooLarge() : damaged(error, url);
  }
}

/** Undefined if there is more of it. */
async function readAll({ headers, body }: Response, mostBytes: number, heard: () => void): Promise<Buffer | undefined> {
  if (Number(headers.get('content-length') ?? 0) > mostBytes) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    heard();
    size += chunk.length;
    if (size > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

type Decode = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Buffer;

/** zlib is loaded for the first answer that needs it. */
function decoderOf(encoding: string | null): Decode | undefined {
  switch ((encoding ?? '').toLowerCase()) {
    case 'br':
      return process.getBuiltinModule('node:zlib').brotliDecompressSync;
    case 'gzip':
    case 'x-gzip':
      return process.getBuiltinModule('node:zlib').gunzipSync;
    default:
      return undefined;
  }
}
