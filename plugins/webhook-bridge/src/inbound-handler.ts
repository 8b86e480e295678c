import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type InboundMessage, parseInbound } from './inbound-message.ts';
import type { InboundHandler, InboundReply } from './inbound-server.ts';
import { isLoopbackHostHeader } from './loopback.ts';
import { readBody } from './read-body.ts';
import type { ReplayGuard } from './replay-guard.ts';
import type { Signature } from './signature.ts';

export interface InboundHandlerOptions {
  readonly agentName: string;
  /** Whether posts must be signed. If not, only this machine may send them. */
  readonly isSigned: boolean;
  readonly signature: Signature;
  readonly replays: ReplayGuard;
  /** Sends the message to the relay; false if it cannot now. */
  readonly send: (message: InboundMessage) => boolean;
  readonly onReply: (status: number) => void;
  /** The disk does not take the id of a post that went to the relay. */
  readonly onUnsafe: (error: unknown) => void;
}

/** Answers 202 when the message went to the relay; any other status means that it did not. */
export function createInboundHandler(options: InboundHandlerOptions): InboundHandler {
  return async (request) => {
    const reply = problemOfRequest(request, options.isSigned) ?? (await accept(request, options));
    options.onReply(reply.status);
    return reply;
  };
}

/** What is wrong with a request, as far as its head tells. */
function problemOfRequest({ method, headers }: IncomingMessage, isSigned: boolean): InboundReply | undefined {
  if (!isSigned && !isLoopbackHostHeader(headers.host)) return refuse(403, 'The host is not this machine.');
  if (method !== 'POST') return { ...refuse(405, 'Use POST.'), headers: { allow: 'POST' } };
  if (!isPlainJson(headers)) return refuse(415, 'Send application/json in UTF-8, without a content encoding.');
  return undefined;
}

/** A browser asks before it sends this type across origins, and is not given leave. */
function isPlainJson(headers: IncomingHttpHeaders): boolean {
  const isJson = /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(headers['content-type'] ?? '');
  return isJson && (headers['content-encoding'] ?? 'identity') === 'identity';
}

async function accept(request: IncomingMessage, options: InboundHandlerOptions): Promise<InboundReply> {
  const bytes = await readBody(request);
  // What is left of the body is not read, so the connection is of no more use.
  if (!bytes) return { ...refuse(413, 'The body is larger than 256 KiB.'), headers: { connection: 'close' } };
  const text = decodeUtf8(bytes);
  if (text === undefined) return refuse(400, 'The body is not UTF-8.');
  if (!options.signature.isAuthentic(singleHeaders(request.headers), text)) {
    return refuse(401, 'The signature is missing, wrong or too old.');
  }
  const parsed = parseInbound(text, options.agentName);
  if (!parsed.ok) return refuse(400, parsed.problem);
  return forward(parsed.message, request.headers['webhook-id'], options);
}

/**
 * Nothing waits between the check and the remembering: two posts with one id cannot both pass. The message goes first: a
 * crash in between makes the sender, who has no answer, post it again, and not believe that it arrived.
 */
async function forward(
  message: InboundMessage,
  header: string | readonly string[] | undefined,
  { replays, send, onUnsafe }: InboundHandlerOptions,
): Promise<InboundReply> {
  const id = header === undefined ? undefined : String(header);
  if (id !== undefined && id.length > 256) return refuse(400, 'webhook-id is longer than 256 characters.');
  const verdict = id === undefined ? 'new' : replays.check(id);
  if (verdict === 'replayed') return refuse(409, 'A post with this webhook-id was accepted before.');
  if (verdict === 'full' || !send(message)) {
    return { ...refuse(503, 'The bridge cannot take messages now.'), headers: { 'retry-after': '5' } };
  }
  if (id !== undefined) await replays.remember(id).catch(onUnsafe);
  return { status: 202, body: { accepted: true } };
}

function singleHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const single = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(single);
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function refuse(status: number, error: string): InboundReply {
  return { status, body: { error } };
}
