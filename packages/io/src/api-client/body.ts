import type http from 'node:http';
import { ArError } from '@ar-registry/core/errors';
import { shown } from './report.ts';

/**
 * The body of an answer, decompressed and whole.
 *
 * @param response attacker-controlled: its length, its encoding and where it ends are all claims
 * @throws REGISTRY_RESPONSE_TOO_LARGE, REGISTRY_RESPONSE_INVALID, and what a broken connection throws
 */
export async function collectBody(
  response: http.IncomingMessage,
  { url, limitBytes }: { readonly url: string; readonly limitBytes: number },
): Promise<Buffer> {
  const tooLarge = (): ArError => new ArError('REGISTRY_RESPONSE_TOO_LARGE', { url: shown(url), limitBytes });
  const encoding = response.headers['content-encoding'];
  // What is compressed may be longer than what is in it.
  if (encoding === undefined && Number(response.headers['content-length'] ?? 0) > limitBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of decoded(response, encoding)) {
      size += (chunk as Buffer).length;
      if (size > limitBytes) throw tooLarge();
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    if (!response.errored && isDecodingError(error))
      throw new ArError(
        'REGISTRY_RESPONSE_INVALID',
        { url: shown(url), problem: 'its compression is damaged' },
        { cause: error },
      );
    throw error;
  }
  if (!response.complete) throw new Error('the connection ended in the middle of the answer');
  return Buffer.concat(chunks);
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
