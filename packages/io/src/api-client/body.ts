import type http from 'node:http';
import { ArError } from '@ar-registry/core/errors';
import { shown } from './report.ts';

export interface BodyOptions {
  readonly url: string;
  readonly limitBytes: number;
  /** Takes the body in pieces, in place of the memory; what is returned is empty then. */
  readonly into?: ((chunk: Buffer) => Promise<void>) | undefined;
}

/**
 * The body of an answer, decompressed and whole.
 *
 * @param response attacker-controlled: its length, its encoding and where it ends are all claims
 * @throws REGISTRY_RESPONSE_TOO_LARGE, REGISTRY_RESPONSE_INVALID, and what a broken connection throws
 */
export async function collectBody(
  response: http.IncomingMessage,
  { url, limitBytes, into }: BodyOptions,
): Promise<Buffer> {
  const tooLarge = (): ArError => new ArError('REGISTRY_RESPONSE_TOO_LARGE', { url: shown(url), limitBytes });
  const encoding = response.headers['content-encoding'];
  // What is compressed may be longer than what is in it.
  if (encoding === undefined && Number(response.headers['content-length'] ?? 0) > limitBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  const keep = into ?? ((chunk: Buffer) => void chunks.push(chunk));
  let size = 0;
  try {
    for await (const chunk of decoded(response, encoding)) {
      size += (chunk as Buffer).length;
      if (size > limitBytes) throw tooLarge();
      await keep(chunk as Buffer);
    }
  } catch (error) {
    throw response.errored ? error : damaged(error, url);
  }
  if (!response.complete) throw new Error('the connection ended in the middle of the answer');
  return Buffer.concat(chunks);
}

/** What a decoder says, as an error of the answer; anything else as it is. */
export function damaged(error: unknown, url: string): unknown {
  if (!isDecodingError(error)) return error;
  const problem = 'its compression is damaged';
  return new ArError('REGISTRY_RESPONSE_INVALID', { url: shown(url), problem }, { cause: error });
}

/** zlib is loaded for the first answer that needs it, and at once: nobody would hear an error of the response meanwhile. */
function decoded(response: http.IncomingMessage, encoding: string | undefined): AsyncIterable<unknown> {
  const name = encoding?.toLowerCase() ?? '';
  if (!['gzip', 'x-gzip', 'br'].includes(name)) return response;
  const { createBrotliDecompress, createGunzip } = process.getBuiltinModule('node:zlib');
  return pipeSafely(response, name === 'br' ? createBrotliDecompress() : createGunzip());
}

type Decoder = NodeJS.ReadWriteStream & AsyncIterable<unknown> & { destroy(error?: Error): void };

/** `pipe` does not hand errors on: a connection that breaks must end the decoder too. */
function pipeSafely(from: http.IncomingMessage, to: Decoder): AsyncIterable<unknown> {
  from.on('error', (error) => to.destroy(error));
  from.on('aborted', () => to.destroy(new Error('the connection ended in the middle of the answer')));
  from.pipe(to);
  return to;
}

function isDecodingError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(?:Z_|ERR__|ERR_BROTLI_)/.test(code);
}
