import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { HealthStatus } from '@ar-registry/sdk';
import { describeThrown, type Outcome } from '../contain.ts';

const STATUSES: ReadonlySet<unknown> = new Set<HealthStatus['status']>(['healthy', 'degraded', 'unhealthy']);

/** What a plugin answered to `health()`, checked; a plugin that fails to answer is unhealthy. */
export function toHealth(outcome: Outcome<unknown>, timeoutMs: number): HealthStatus {
  if (outcome.kind === 'threw') return unhealthy(describeThrown(outcome.error));
  if (outcome.kind !== 'returned') return unhealthy(`no answer within ${timeoutMs} ms`);
  const answer = outcome.value;
  if (typeof answer !== 'object' || answer === null) return unhealthy('the answer is not an object');
  const { status, message, details } = answer as Partial<HealthStatus>;
  if (!STATUSES.has(status)) return unhealthy('the answer has no valid status');
  return {
    status: status as HealthStatus['status'],
    ...(typeof message === 'string' ? { message: truncate(toSingleLine(message), 500) } : {}),
    ...(typeof details === 'object' && details !== null ? { details } : {}),
  };
}

function unhealthy(message: string): HealthStatus {
  return { status: 'unhealthy', message };
}
