import { isRetryable, parseRetryAfter } from './retry.ts';
import type { WebhookHeaders } from './signature.ts';

/** What one attempt came to. `reason` names a status or an error code: neither the URL nor the target's own words. */
export type Attempt =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs: number | undefined }
  | { readonly kind: 'refused'; readonly reason: string }
  /** For good. */
  | { readonly kind: 'gone'; readonly reason: string };

export interface PostRequest {
  readonly url: URL;
  readonly headers: WebhookHeaders;
  readonly body: string;
  /** Without a charset. */
  readonly contentType: string;
  readonly timeoutMs: number;
  /** Aborted when there is no more time for the request. */
  readonly signal: AbortSignal;
}

export interface PostPorts {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
}

/** Posts once. Redirects are not followed: they would carry messages to a host that nobody granted. Never rejects. */
export async function post(request: PostRequest, { fetch, now }: PostPorts): Promise<Attempt> {
  try {
    const response = await fetch(request.url, {
      method: 'POST',
      headers: {
        ...request.headers,
        'content-type': request.contentType.startsWith('text/')
          ? `${request.contentType}; charset=utf-8`
          : request.contentType,
        'user-agent': 'agent-relay-webhook-bridge',
      },
      body: request.body,
      redirect: 'manual',
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(request.timeoutMs)]),
    });
    await discard(response);
    if (response.ok) return { kind: 'delivered' };
    const reason = `status ${response.status}`;
    if (response.status === 410) return { kind: 'gone', reason };
    if (!isRetryable(response.status)) return { kind: 'refused', reason };
    return { kind: 'failed', reason, retryAfterMs: parseRetryAfter(response.headers.get('retry-after'), now()) };
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error), retryAfterMs: undefined };
  }
}

/** The answer's text is of no interest and may be endless; that it breaks off does not undo the status. */
async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

/** `ECONNREFUSED`, `TimeoutError`, … The message may hold the URL, whose path is a secret with many services. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if (error.cause instanceof Error && 'code' in error.cause) return String(error.cause.code);
  return error.name;
}
