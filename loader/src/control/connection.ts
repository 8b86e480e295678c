/**
 * One client of the control socket: newline-delimited JSON, one request at a time. Whoever may connect is the user, but
 * their programs may be broken: a client can neither fill memory nor hold a connection for ever.
 */
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { ArError, isArError } from '@ar-registry/core/errors';
import type { ControlRequest, ControlResponse } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/control-request';
import { describeThrown } from '../contain.ts';
import { elapsedMs } from '../context.ts';

export type Answer = (request: ControlRequest) => Promise<ControlResponse>;

const MAX_LINE_BYTES = 64 * 1024;
const IDLE_TIMEOUT_MS = 60_000;
/** Who connects has a question. */
const FIRST_LINE_TIMEOUT_MS = 5_000;

/** What is known of a client. */
export interface Client {
  /** Whether an answer is being made for it. */
  isAsking(): boolean;
  /** When it asked last, or came; by a clock that nobody sets. */
  saidMs(): number;
}

/** Serves a client until it goes, misbehaves or falls silent. */
export function serveClient(socket: Socket, answer: Answer): Client {
  const state = { isAsking: false, saidMs: elapsedMs() };
  const asking = async (line: string): Promise<ControlResponse> => {
    Object.assign(state, { isAsking: true, saidMs: elapsedMs() });
    try {
      return await respond(line, answer);
    } finally {
      state.isAsking = false;
    }
  };
  void serve(socket, asking);
  return { isAsking: () => state.isAsking, saidMs: () => state.saidMs };
}

/** Never rejects. */
async function serve(socket: Socket, asking: (line: string) => Promise<ControlResponse>): Promise<void> {
  const noFirstLine = setTimeout(() => socket.destroy(), FIRST_LINE_TIMEOUT_MS);
  socket.setTimeout(IDLE_TIMEOUT_MS, () => socket.destroy());
  try {
    for await (const line of linesOf(socket)) {
      clearTimeout(noFirstLine);
      const response = line === undefined ? tooLong() : await asking(line);
      // A client that does not read waits for itself: nothing more is read from it.
      if (!socket.write(`${JSON.stringify(response)}\n`)) await once(socket, 'drain');
      if (line === undefined) break;
    }
    socket.end();
  } catch {
    // The connection broke: nobody is there to be told.
    socket.destroy();
  } finally {
    clearTimeout(noFirstLine);
  }
}

/** Whole lines, one at a time; undefined for one that is too long, after which nothing follows. */
async function* linesOf(socket: Socket): AsyncGenerator<string | undefined> {
  let rest = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
      const line = rest.subarray(0, end);
      rest = rest.subarray(end + 1);
      if (line.length > MAX_LINE_BYTES) return yield undefined;
      yield line.toString();
    }
    if (rest.length > MAX_LINE_BYTES) return yield undefined;
  }
}

async function respond(line: string, answer: Answer): Promise<ControlResponse> {
  const parsed = parse(line);
  if (!parsed.ok) return refuse(parsed.id, new ArError('CONTROL_REQUEST_INVALID', { problem: parsed.problem }));
  try {
    return await answer(parsed.request);
  } catch (error) {
    return refuse(
      parsed.request.id,
      isArError(error) ? error : new ArError('CONTROL_FAILED', { reason: describeThrown(error) }),
    );
  }
}

type Parsed =
  | { readonly ok: true; readonly request: ControlRequest }
  | { readonly ok: false; readonly id: number | null; readonly problem: string };

function parse(line: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, id: null, problem: 'it is no JSON' };
  }
  const checked = validator(value);
  if (checked.ok) return { ok: true, request: checked.value };
  const { id } = (value ?? {}) as { readonly id?: unknown };
  return {
    ok: false,
    id: Number.isSafeInteger(id) && Number(id) >= 0 ? Number(id) : null,
    problem: 'no request looks like this',
  };
}

function refuse(id: number | null, { code, message, remedy }: ArError): ControlResponse {
  return { id, error: { code, message, remedy } };
}

function tooLong(): ControlResponse {
  return refuse(
    null,
    new ArError('CONTROL_REQUEST_INVALID', { problem: `a line has more than ${MAX_LINE_BYTES} bytes` }),
  );
}
