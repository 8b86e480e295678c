import type { IncomingMessage } from 'node:http';

const BODY_LIMIT_BYTES = 256 * 1024;
/** A sender reads the answer only when it has sent all, so that much of a body that is too large is thrown away first. */
const DISCARD_LIMIT_BYTES = 4 * 1024 * 1024;

/** The body of a request, or undefined if it is larger than `BODY_LIMIT_BYTES`. Rejects if the sender goes away. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length']) > DISCARD_LIMIT_BYTES) return undefined;
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  // Leaving the loop destroys the request and its socket, on which the answer is still to go out.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= BODY_LIMIT_BYTES) chunks.push(chunk);
    if (sizeBytes > DISCARD_LIMIT_BYTES) break;
  }
  return sizeBytes <= BODY_LIMIT_BYTES ? Buffer.concat(chunks) : undefined;
}
