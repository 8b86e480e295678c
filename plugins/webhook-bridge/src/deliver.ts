import type { Attempt } from './post.ts';
import { retryDelayMs } from './retry.ts';

/** A message on its way. The id is the same over all attempts, so a target can tell a repeated message by it. */
export interface Delivery {
  readonly id: string;
  readonly body: string;
  readonly contentType: string;
}

export interface DeliverPorts {
  readonly maxAttempts: number;
  /** Makes one attempt. Never rejects; gives up when `signal` is aborted. */
  post(delivery: Delivery, signal: AbortSignal): Promise<Attempt>;
  /** From 0 up to, not including, 1. */
  random(): number;
  /** Resolves after the time, or when `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  onRetry(event: RetryEvent): void;
}

/** An attempt failed, another follows. */
interface RetryEvent {
  readonly kind: 'retrying';
  readonly id: string;
  readonly attempts: number;
  readonly reason: string;
  readonly delayMs: number;
}

/** How it ended. `kept`: it stays on the disk until the bridge is loaded again. */
export type EndEvent =
  | { readonly kind: 'delivered'; readonly id: string; readonly attempts: number }
  | {
      readonly kind: 'given-up' | 'gone' | 'kept';
      readonly id: string;
      readonly attempts: number;
      readonly reason: string;
    };

export type DeliveryEvent = RetryEvent | EndEvent;

export interface DeliverSignals {
  /** No more waiting: the attempt that follows, or is under way, is the last. */
  readonly closing: AbortSignal;
  /** No more time at all. */
  readonly aborting: AbortSignal;
}

/** Posts until the message is delivered, refused, or not worth another attempt. Never rejects. */
export async function deliver(delivery: Delivery, ports: DeliverPorts, signals: DeliverSignals): Promise<EndEvent> {
  const { id } = delivery;
  for (let attempts = 1; ; attempts += 1) {
    const isLast = signals.closing.aborted;
    const result = await ports.post(delivery, signals.aborting);
    if (result.kind === 'delivered') return { kind: 'delivered', id, attempts };
    const { reason } = result;
    if (result.kind === 'gone') return { kind: 'gone', id, attempts, reason };
    if (result.kind === 'refused') return { kind: 'given-up', id, attempts, reason };
    if (isLast || signals.aborting.aborted) return { kind: 'kept', id, attempts, reason };
    if (attempts >= ports.maxAttempts) return { kind: 'given-up', id, attempts, reason };
    const { retryAfterMs } = result;
    const delayMs = retryDelayMs({ attempt: attempts, retryAfterMs, random: ports.random() });
    ports.onRetry({ kind: 'retrying', id, attempts, reason, delayMs });
    await ports.sleep(delayMs, signals.closing);
  }
}
