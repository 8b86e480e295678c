import { sortFindings, type Finding, type FindingCode } from '../findings/index.ts';
import { checkAdvisoryDeletion, checkAdvisoryPlugins, checkAdvisoryVersions } from './advisories.ts';
import { checkAliases } from './aliases.ts';
import { checkCategories } from './categories.ts';
import { createChange, type ChangeInput, type IndexState } from './change.ts';
import { checkDistLimits } from './dist-limits.ts';
import { checkImmutability } from './immutability.ts';
import { checkLookalikes } from './lookalikes.ts';
import { checkOnePlugin } from './one-plugin.ts';
import { checkOwnership } from './ownership.ts';
import { checkPaths } from './paths.ts';
import { checkProvenance } from './provenance.ts';
import { checkPublishedAt } from './published-at.ts';
import { checkReservedScopes } from './reserved-scopes.ts';
import { checkReview } from './review.ts';
import { checkReviews } from './reviews.ts';
import type { ChangeRule, IndexRule } from './rule.ts';
import { checkStatus } from './status.ts';
import { checkStoredArchives } from './stored-archives.ts';
import { checkSubmitter } from './submitter.ts';
import { checkTrust } from './trust.ts';
import { checkVerifications, checkVerifier } from './verifications.ts';
import { checkVersionOrder } from './version-order.ts';

const CHANGE_RULES: readonly ChangeRule[] = [
  checkPaths,
  checkOnePlugin,
  checkImmutability,
  checkAdvisoryDeletion,
  checkStoredArchives,
  checkVersionOrder,
  checkStatus,
  checkOwnership,
  checkSubmitter,
  checkPublishedAt,
  checkProvenance,
  checkTrust,
  checkLookalikes,
  checkReview,
  checkReviews,
  checkVerifier,
];

const INDEX_RULES: readonly IndexRule[] = [
  checkReservedScopes,
  checkAliases,
  checkDistLimits,
  checkCategories,
  checkAdvisoryPlugins,
  checkAdvisoryVersions,
  checkVerifications,
];

/** All that is wrong with a change as such; what it makes of the index is for `checkIndex` to say. */
export function checkChange(input: ChangeInput): readonly Finding[] {
  const change = createChange(input);
  const waived: ReadonlySet<FindingCode> = new Set(input.waived);
  return sortFindings(CHANGE_RULES.flatMap((rule) => rule(change)).filter(({ code }) => !waived.has(code)));
}

/** All that is wrong with an index, besides what reading its records reported and what `checkArchive` finds. */
export function checkIndex(index: IndexState): readonly Finding[] {
  return sortFindings(INDEX_RULES.flatMap((rule) => rule(index)));
}
