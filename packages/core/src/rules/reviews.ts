import type { Account, ReviewRecord } from '@ar-registry/schemas';
import { showPath } from '../archive/index.ts';
import { finding, type Finding } from '../findings/index.ts';
import { isPluginName, splitName } from '../name/index.ts';
import { parseReviewRecord, type ParsedRecord } from '../record/index.ts';
import type { IndexPath } from '../layout/index.ts';
import { pluginRecordOf, showAccount, type Change, type ChangedRecord } from './change.ts';
import { pluginsByName } from './plugins-by-name.ts';
import type { ChangeRule } from './rule.ts';

type ReviewPlace = Extract<IndexPath, { readonly kind: 'review' }>;

/**
 * Who rates a plugin says so once, in his own name, of a version that is published, and is none of its owners. What keeps to
 * that is merged by a machine; taking away what somebody else said is for a person, and so is what its author says then.
 */
export const checkReviews: ChangeRule = (change) => {
  const reviews = change.records.filter(({ place }) => place.kind === 'review');
  const [first] = reviews;
  if (!first) return [];
  const others = change.records.filter((record) => record !== first);
  return [
    ...others.map(({ path }) => finding('REVIEW_NOT_ALONE', { file: first.path }, { path: showPath(path) })),
    ...reviews.flatMap((record) => checkOne(change, record, record.place as ReviewPlace)),
  ];
};

function checkOne(change: Change, record: ChangedRecord, place: ReviewPlace): readonly Finding[] {
  const at = { file: record.path };
  const [account] = change.actors;
  if (!change.submitter || !account)
    return [finding('REVIEW_REQUIRED', at, { what: 'nobody is known to answer for a review' })];
  const before = readReview(change.base.files, record.path);
  const after = readReview(change.head.files, record.path);
  if (before?.ok && before.record.author.id !== account.id) return checkForeign(account, { at, before, after });
  const removed = [before, after].some((read) => read?.ok && read.record.removed !== undefined);
  return [
    ...(removed ? [finding('REVIEW_REQUIRED', at, { what: 'a review of this account was removed' })] : []),
    // What is broken is reported where it is read.
    ...(after?.ok ? checkContent(change, { ...after, account, place, isNew: before === undefined }) : []),
  ];
}

type Read = ParsedRecord<ReviewRecord>;

interface Foreign {
  readonly at: { readonly file: string };
  readonly before: Extract<Read, { readonly ok: true }>;
  readonly after: Read | undefined;
}

/** What somebody else wrote may be taken away or restored, and never changed. */
function checkForeign(account: Account, { at, before, after }: Foreign): readonly Finding[] {
  const facts = { account: showAccount(account), author: showAccount(before.record.author) };
  if (after !== undefined && !(after.ok && isModeration(before.record, after.record)))
    return [finding('REVIEW_NOT_YOURS', at, facts)];
  return [finding('REVIEW_REQUIRED', at, { what: `${facts.account} takes away a review of ${facts.author}` })];
}

/** Whether nothing is said in the author's name: his review is removed, or its stars are restored. */
function isModeration(before: ReviewRecord, after: ReviewRecord): boolean {
  const isTurned = (before.removed === undefined) !== (after.removed === undefined);
  return isTurned && after.text === undefined && saidBy(before) === saidBy(after);
}

/** What stays of a review whose text is gone. */
function saidBy({ author, stars, version, writtenAt }: ReviewRecord): string {
  return JSON.stringify([author.id, author.login, stars, version, writtenAt]);
}

function readReview(files: ReadonlyMap<string, string>, path: string): Read | undefined {
  const text = files.get(path);
  return text === undefined ? undefined : parseReviewRecord(text, path);
}

type Submitted = Extract<Read, { readonly ok: true }> & {
  readonly account: Account;
  readonly place: ReviewPlace;
  readonly isNew: boolean;
};

function checkContent(change: Change, { record, source, account, place, isNew }: Submitted): readonly Finding[] {
  const { author, version } = record;
  const { plugin } = place;
  const shown = showAccount(account);
  const findings: Finding[] = [];
  if (author.id !== account.id || author.login.toLowerCase() !== account.login.toLowerCase())
    findings.push(
      finding('REVIEW_NOT_YOURS', source.placeOf(['author']), { account: shown, author: showAccount(author) }),
    );
  if (isNew && place.login !== author.login.toLowerCase())
    findings.push(
      finding('REVIEW_MISPLACED', source.placeOf(['author']), {
        login: showPath(place.login),
        expected: author.login.toLowerCase(),
      }),
    );
  const versions = pluginsByName(change.base.snapshot).get(plugin)?.versions;
  if (!versions)
    return [...findings, finding('REVIEW_PLUGIN_UNKNOWN', source.placeOf([]), { plugin: showPath(plugin) })];
  if (!versions.some(({ manifest }) => manifest.version === version))
    findings.push(finding('REVIEW_VERSION_UNKNOWN', source.placeOf(['version']), { plugin, version }));
  if (ownersOf(change, plugin).some(({ id }) => id === account.id))
    findings.push(finding('REVIEW_BY_OWNER', source.placeOf(['author']), { account: shown, plugin }));
  const twice = otherReviewOf(change, place, account.id);
  if (twice !== undefined)
    findings.push(finding('REVIEW_TWICE', source.placeOf(['author']), { account: shown, other: twice }));
  return findings;
}

function ownersOf({ base }: Change, plugin: string): readonly Account[] {
  const scope = isPluginName(plugin) ? base.snapshot.scopes.get(splitName(plugin).scope) : undefined;
  return [...(pluginRecordOf(base, plugin)?.owners ?? []), ...(scope?.owners ?? [])];
}

/** A file of the head in which the same account speaks of the same plugin. */
function otherReviewOf({ head }: Change, { plugin, login }: ReviewPlace, id: number): string | undefined {
  const folder = `reviews/${plugin}/`;
  return [...head.files.keys()].find((path) => {
    if (!path.startsWith(folder) || path === `${folder}${login}.yaml`) return false;
    const read = readReview(head.files, path);
    return read?.ok === true && read.record.author.id === id;
  });
}
