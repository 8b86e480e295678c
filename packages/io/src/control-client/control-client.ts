/** Asks the loader of a running daemon: one line of JSON there, one back. */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ArError } from '@ar-registry/core/errors';
import { stripControl, toSingleLine, truncate } from '@ar-registry/core/text';
import type { ControlErrorResponse, ControlRequest, ControlResponse } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/control-response';

type Method = ControlRequest['method'];
type RequestOf<M extends Method> = Extract<ControlRequest, { method: M }>;
type ResultOf<M extends Method> = Extract<ControlResponse, { method: M }>['result'];

export interface ControlClient {
  /**
   * @throws CONTROL_UNREACHABLE if there is no daemon with plugins, CONTROL_REFUSED with what it says, CONTROL_FAILED,
   * ABORTED
   */
  request<M extends Method>(
    method: M,
    params: NonNullable<RequestOf<M>['params']>,
    signal?: AbortSignal,
  ): Promise<ResultOf<M>>;
}

export interface ControlClientOptions {
  readonly socketPath: string;
  /** For one request; loading a plugin anew takes as long as the plugin takes. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const REQUEST_ID = 1;
const RETRY_MS = 20;

/** Every request is a connection of its own. */
export function createControlClient({
  socketPath,
  timeoutMs = DEFAULT_TIMEOUT_MS,
}: ControlClientOptions): ControlClient {
  return {
    async request(method, params, signal) {
      const limit = AbortSignal.timeout(timeoutMs);
      const until = signal ? AbortSignal.any([signal, limit]) : limit;
      const line = `${JSON.stringify({ id: REQUEST_ID, method, params })}\n`;
      try {
        return resultOf(await askInTurn(socketPath, line, until), method);
      } catch (error) {
        throw translate(error, { socketPath, method, timeoutMs, aborted: signal?.aborted === true });
      }
    },
  };
}

/** So many may wait to be accepted that there is no room for one more: that passes. */
async function askInTurn(path: string, line: string, signal: AbortSignal): Promise<string> {
  for (;;) {
    try {
      return await ask(path, line, signal);
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'EAGAIN') throw error;
      await delay(RETRY_MS, undefined, { signal });
    }
  }
}

async function ask(path: string, line: string, signal: AbortSignal): Promise<string> {
  const socket = connect({ path, signal });
  try {
    socket.end(line);
    return await readLine(socket);
  } finally {
    socket.destroy();
  }
}

async function readLine(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (chunk.includes('\n')) break;
    if (bytes > MAX_ANSWER_BYTES) throw new ArError('CONTROL_FAILED', { reason: 'the answer is too long' });
  }
  const text = Buffer.concat(chunks).toString();
  const end = text.indexOf('\n');
  if (end === -1) throw new ArError('CONTROL_FAILED', { reason: 'the connection ended without an answer' });
  return text.slice(0, end);
}

function resultOf<M extends Method>(line: string, method: M): ResultOf<M> {
  const response = parse(line);
  if ('error' in response) throw refused(response.error);
  if (response.id !== REQUEST_ID || response.method !== method)
    throw new ArError('CONTROL_FAILED', { reason: 'it answered another question' });
  return response.result as ResultOf<M>;
}

function parse(line: string): ControlResponse {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new ArError('CONTROL_FAILED', { reason: 'the answer is no JSON' }, { cause: error });
  }
  const checked = validator(value);
  if (checked.ok) return checked.value;
  throw new ArError('CONTROL_FAILED', { reason: 'the answer is none that this version knows' });
}

function refused({ code, message, remedy }: ControlErrorResponse['error']): ArError {
  return new ArError('CONTROL_REFUSED', { code: toSingleLine(code), message: clean(message), remedy: clean(remedy) });
}

function clean(text: string): string {
  return truncate(stripControl(text), 2_000);
}

interface Asked extends Required<ControlClientOptions> {
  readonly method: Method;
  /** Whether it was the caller who gave up. */
  readonly aborted: boolean;
}

function translate(error: unknown, { socketPath, method, timeoutMs, aborted }: Asked): unknown {
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTSOCK')
    return new ArError('CONTROL_UNREACHABLE', { socketPath }, { cause: error });
  if (name === 'AbortError' || name === 'TimeoutError')
    return aborted
      ? new ArError('ABORTED', { doing: `asking the daemon for ${method}` }, { cause: error })
      : new ArError('CONTROL_FAILED', { reason: `no answer within ${timeoutMs} ms` }, { cause: error });
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code))
    return new ArError('CONTROL_FAILED', { reason: code }, { cause: error });
  return error;
}
