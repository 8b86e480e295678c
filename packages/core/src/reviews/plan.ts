import type { Account, ReviewRecord, Timestamp, Version } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { indexPaths } from '../layout/index.ts';
import { unchanged, type OwnedPlugin, type PlannedChange } from '../status/change.ts';
import { descending, isPrerelease } from '../version/index.ts';
import { reviewTextProblem } from './text.ts';

export interface ReviewWish {
  readonly stars: number;
  readonly text: string | undefined;
  /** The version that it is about; the latest unless given. */
  readonly version: Version | undefined;
  readonly author: Account;
  readonly now: Timestamp;
  /** What the account said before. */
  readonly before: ReviewRecord | undefined;
  /** Where that lies; another place than today's if the account was renamed since. */
  readonly path?: string | undefined;
}

/** Rates a plugin, or changes what was said of it. @throws REVIEW_TEXT_INVALID, VERSION_NOT_FOUND */
export function planReview(plugin: OwnedPlugin, wish: ReviewWish): PlannedChange {
  const { author, stars, before, now } = wish;
  const version = versionOf(plugin, wish.version);
  const text = cleanText(wish.text);
  if (before && !before.removed && before.stars === stars && before.text === text && before.version === version)
    return unchanged(`${author.login} said so before.`);
  const record: ReviewRecord = {
    schemaVersion: 1,
    stars,
    version,
    ...(text === undefined ? {} : { text }),
    author: { login: author.login, id: author.id },
    writtenAt: now,
  };
  return {
    state: 'changed',
    kind: 'rate',
    title: `Rate ${plugin.record.name}: ${stars} of 5`,
    effects: effectsOf(record, before),
    review: { path: wish.path ?? indexPaths.review(plugin.record.name, author.login), record },
  };
}

function effectsOf(
  { stars, version, author, text }: ReviewRecord,
  before: ReviewRecord | undefined,
): readonly string[] {
  return [
    `${stars} of 5 for ${version}, by ${author.login}`,
    ...(text === undefined ? [] : [text]),
    ...(before ? [`instead of ${before.stars} of 5`] : []),
    ...(before?.removed ? [`A person decides, because that was removed: ${before.removed.reason}`] : []),
  ];
}

/** @throws REVIEW_TEXT_INVALID */
function cleanText(written: string | undefined): string | undefined {
  const text = written?.trim().replaceAll('\r\n', '\n');
  const problem = text === undefined ? undefined : reviewTextProblem(text);
  if (problem !== undefined) throw new ArError('REVIEW_TEXT_INVALID', { problem });
  return text;
}

function versionOf({ versions, status, record }: OwnedPlugin, wanted: Version | undefined): Version {
  const ordered = versions.toSorted(descending);
  const latest = status.distTags['latest'] ?? ordered.find((version) => !isPrerelease(version)) ?? ordered[0];
  const version = wanted ?? latest;
  if (version !== undefined && versions.includes(version)) return version;
  throw new ArError('VERSION_NOT_FOUND', { plugin: record.name, wanted: version ?? 'latest', available: ordered });
}
