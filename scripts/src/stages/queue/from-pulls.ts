/** What open pull requests wait for, by what GitHub knows of them. */
import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { PullRequest } from '@ar-registry/io/github';
import type { QueueDocument } from '@ar-registry/schemas';

export type QueuedSubmission = QueueDocument['submissions'][number];

/**
 * Labels say what the last checks said: only who may label there can set them, and `ar-registry report` does.
 *
 * @param pull its title and the name of its author are a stranger's words
 */
export function fromPull(pull: PullRequest, nowMs: number): QueuedSubmission {
  const { number, title, url, author, createdAt, head } = pull;
  return {
    name: `#${number}`,
    title: truncate(toSingleLine(title), 300),
    url,
    ...(author === undefined ? {} : { submitter: author.login }),
    since: toSince(Date.parse(createdAt), nowMs),
    commit: head.sha,
    ...standingOf(pull),
  };
}

/** @param ms may be anything: whoever makes a commit says when. From 1970 to now. */
export function toSince(ms: number, nowMs: number): string {
  return new Date(Math.min(Math.max(Number.isNaN(ms) ? 0 : ms, 0), nowMs)).toISOString();
}

/** What a person has to look at, in the order in which it is told. */
const LOOKED_AT: Readonly<Record<string, string>> = {
  hold: 'A person has put it on hold.',
  'new-scope': 'The first plugin of a scope.',
  'new-plugin': 'The first version of a plugin.',
  'permissions-widened': 'It may do more than the version before it.',
  'checks-incomplete': 'A check could not run, which is no pass.',
};

function standingOf({ draft, labels }: PullRequest): Pick<QueuedSubmission, 'waitsFor' | 'reasons'> {
  const has = (label: string): boolean => labels.includes(label);
  if (draft) return { waitsFor: 'author', reasons: ['It is a draft.'] };
  if (has('checks-failed')) return { waitsFor: 'author', reasons: ['A check has found something to mend.'] };
  const reasons = Object.entries(LOOKED_AT).flatMap(([label, reason]) => (has(label) ? [reason] : []));
  if (has('needs-review') && reasons.length === 0) reasons.push('A person must look at it.');
  if (reasons.length > 0) return { waitsFor: 'maintainer', reasons };
  if (has('checks-passed')) return { waitsFor: 'merge', reasons: [] };
  return { waitsFor: 'checks', reasons: ['Its checks have not said anything yet.'] };
}
