/**
 * Telling one subscriber one thing, by the scheme of Standard Webhooks: signed, with an id that is the same for every try.
 *
 * @source Standard Webhooks specification 1.0 (github.com/standard-webhooks/standard-webhooks)
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isArError } from '@ar-registry/core/errors';
import type { Pending, Subscriber } from '@ar-registry/core/notices';
import { Webhook } from 'standardwebhooks';
import { fetchPublic } from '../../web/fetch-public.ts';

export interface DeliverPorts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Whether subscribers may be in a private network, or on this machine. */
  readonly allowPrivate: boolean;
  /** Milliseconds before each further try of this run. */
  readonly retryDelaysMs: readonly number[];
}

/** `refused`: this one will never be taken. `failed`: later perhaps. `down`: neither will the next ones, now. */
export type Delivery =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused' | 'failed' | 'down'; readonly problem: string; readonly attempts: number };

const TIMEOUT_MS = 15_000;
/** No longer than this is waited within one run, whatever a subscriber asks for. */
const LONGEST_WAIT_MS = 60_000;

/** Tries until it is taken, refused, or was tried often enough for this run. @throws `signal.reason` when aborted */
export async function deliver(
  { id, notice }: Pick<Pending, 'id' | 'notice'>,
  subscriber: Subscriber,
  ports: DeliverPorts,
): Promise<Delivery> {
  const webhook = signerOf(subscriber, ports.env);
  if ('problem' in webhook) return { kind: 'down', attempts: 0, ...webhook };
  const body = JSON.stringify(notice);
  for (let attempts = 1; ; attempts += 1) {
    const answer = await attempt({ id, body }, { subscriber, webhook }, ports);
    if (answer.kind === 'sent') return answer;
    const delayMs = ports.retryDelaysMs[attempts - 1];
    if (answer.kind === 'refused' || delayMs === undefined) return { ...answer, attempts };
    await sleep(Math.min(Math.max(delayMs, answer.waitMs), LONGEST_WAIT_MS), undefined, { signal: ports.signal });
  }
}

type Attempt =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused' | 'failed' | 'down'; readonly problem: string; readonly waitMs: number };

async function attempt(
  { id, body }: { readonly id: string; readonly body: string },
  { subscriber, webhook }: { readonly subscriber: Subscriber; readonly webhook: Webhook },
  { now, signal, allowPrivate }: DeliverPorts,
): Promise<Attempt> {
  const at = now();
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': webhook.sign(id, at, body),
  };
  try {
    const request = {
      method: 'POST',
      body,
      headers,
      limitBytes: 0,
      timeoutMs: TIMEOUT_MS,
      allowPrivate,
      signal,
    } as const;
    const { status, retryAfter } = await fetchPublic(subscriber.url, request);
    if (status >= 200 && status < 300) return { kind: 'sent' };
    const problem = `HTTP status ${status}`;
    const waitMs = waitOf(retryAfter, at);
    // 410 Gone: nobody is there any more, says the scheme.
    if (status === 410) return { kind: 'refused', problem: `${problem}: it wants no more`, waitMs };
    return { kind: status === 429 || status >= 500 ? 'down' : 'failed', problem, waitMs };
  } catch (error) {
    signal.throwIfAborted();
    if (!isArError(error)) throw error;
    return { kind: error.code === 'ADDRESS_NOT_PUBLIC' ? 'refused' : 'down', problem: error.message, waitMs: 0 };
  }
}

/** Seconds or a date. @source RFC 9110 §10.2.3 */
function waitOf(retryAfter: string | undefined, now: Date): number {
  if (retryAfter === undefined) return 0;
  const ms = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now.getTime();
  return Number.isFinite(ms) && ms > 0 ? ms : 0;
}

function signerOf({ secretEnv }: Subscriber, env: DeliverPorts['env']): Webhook | { readonly problem: string } {
  const secret = env[secretEnv];
  if (secret === undefined || secret === '') return { problem: `${secretEnv} is not set` };
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const bytes = Buffer.from(base64, 'base64').length;
  if (bytes < 24 || bytes > 64)
    return { problem: `${secretEnv} holds no secret of the form whsec_…, 24 to 64 bytes in base64` };
  return new Webhook(secret);
}
