/**
 * How grave a vulnerability is, in the words that npm and GitHub use.
 *
 * @source CVSS v3.1 §5, v4.0 §6 (qualitative severity rating scale); OSV schema 1.7 `severity`, GitHub's `database_specific`
 */
import type { OsvRecord } from '@ar-registry/schemas';
import cvss from 'ae-cvss-calculator';
import type { Advisory } from '../advisory/index.ts';

/** From the least grave; `unknown` counts as the gravest, because nobody knows that it is not. */
export const SEVERITIES = ['low', 'moderate', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];
export type FoundSeverity = Severity | 'unknown';

/** Whether it is at least as grave as `level`. */
export function isAtLeast(severity: FoundSeverity, level: Severity): boolean {
  return severity === 'unknown' || SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(level);
}

/** Of an npm package's record: the word that its database gave it, else its highest score. Malware is critical. */
export function severityOf({ id, severity = [], database_specific: own }: OsvRecord): FoundSeverity {
  if (id.startsWith('MAL-')) return 'critical';
  const word = own?.severity?.toLowerCase();
  const named = SEVERITIES.find((each) => each === (word === 'medium' ? 'moderate' : word));
  if (named !== undefined) return named;
  const scores = severity.flatMap(({ score }) => baseScore(score) ?? []);
  return scores.length === 0 ? 'unknown' : wordOf(Math.max(...scores));
}

/** What a registry forbids is graver than what it warns of; its own lists hold no score. */
export function severityOfAction(action: Advisory['action']): Severity {
  if (action === 'block-load') return 'critical';
  return action === 'block-install' ? 'high' : 'moderate';
}

const VECTOR = /^(?:CVSS:(?:3\.[01]|4\.0)\/)?[A-Za-z]{1,3}:[A-Za-z]{1,5}(?:\/[A-Za-z]{1,3}:[A-Za-z]{1,5})*$/;

/** Whether it has the form of a CVSS vector. @param text of a stranger */
export function isVector(text: string): boolean {
  return text.length <= 300 && VECTOR.test(text);
}

/** @param vector text of a stranger; one that is no vector has no score */
function baseScore(vector: string): number | undefined {
  // The library prints what it cannot read on the console, as it stands.
  if (!isVector(vector)) return undefined;
  try {
    const score = (cvss.fromVector(vector) as { calculateScores(): { overall: number } } | null)?.calculateScores()
      .overall;
    // Of a vector that lacks parts it makes 0.
    return score !== undefined && score > 0 && score <= 10 ? score : undefined;
  } catch (error) {
    if (error instanceof Error) return undefined; // the library throws plain errors at what it cannot read
    throw error;
  }
}

function wordOf(score: number): Severity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'moderate' : 'low';
}
