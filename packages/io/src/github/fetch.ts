/** `fetch` with an end: the signal's, a time limit for each try, and a limit on what is read. */

const TRY_MS = 60_000;
/** For what carries an archive. */
const UPLOAD_MS = 10 * 60_000;
/** GitHub's own largest answer is a blob of 100 MiB in base64. */
const ANSWER_BYTES = 160 * 1024 * 1024;

/** The whole answer is read before it is given on: a connection that drops in its middle is a failure as any other. */
export function createFetch(signal: AbortSignal): typeof fetch {
  return async (input, init = {}) => {
    const limitMs = typeof init.body === 'object' && init.body !== null ? UPLOAD_MS : TRY_MS;
    const response = await fetch(input, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]) });
    if (!response.body) return response;
    const { status, statusText, headers } = response;
    return new Response(await readAll(response.body), { status, statusText, headers });
  };
}

async function readAll(body: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
