import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { PolicyDecision } from '@ar-registry/sdk';

const SOURCES: ReadonlySet<unknown> = new Set<PolicyDecision['policySource']>([
  'repo',
  'local',
  'workspace',
  'default',
]);

/** An engine's answer, checked; undefined if it is no decision. Only `true` allows. */
export function toDecision(answer: unknown): PolicyDecision | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { allowed, reason, policySource } = answer as Partial<Record<keyof PolicyDecision, unknown>>;
  if (typeof allowed !== 'boolean') return undefined;
  const text = typeof reason === 'string' ? truncate(toSingleLine(reason), 200) : '';
  return {
    allowed,
    reason: text || (allowed ? 'the policy allows it' : 'the policy denies it'),
    policySource: SOURCES.has(policySource) ? (policySource as PolicyDecision['policySource']) : 'default',
  };
}
