import { describe, expect, it } from 'vitest';
import { ADA, EVE, testIndex } from '../../test/index-fixture.ts';
import type { Finding } from '../findings/index.ts';
import { assembleSnapshot } from '../snapshot/index.ts';
import { stringifyRecord } from '../yaml/index.ts';
import { checkChange, type ChangedPath, type IndexState } from './index.ts';

const NAME = '@acme/hello';
const PATH = `reviews/${NAME}/eve.yaml`;
const FILES = testIndex().version(NAME, '1.0.0').files();

const REMOVED = { reason: 'It sells another product.', at: '2026-06-02T12:00:00Z' };
const OPERATOR = { login: 'olga', id: 900 };

const review = (changes: object = {}): string =>
  stringifyRecord({
    schemaVersion: 1,
    stars: 4,
    version: '1.0.0',
    author: EVE,
    writtenAt: '2026-06-01T12:00:00Z',
    ...changes,
  });

function stateOf(files: ReadonlyMap<string, string>): IndexState & { readonly findings: readonly Finding[] } {
  const assembled = assembleSnapshot(files);
  if (!assembled.ok) throw new Error('The index is broken.');
  return { files, snapshot: assembled.snapshot, findings: assembled.findings };
}

interface Submission {
  readonly head: Readonly<Record<string, string | undefined>>;
  readonly base?: Readonly<Record<string, string>>;
  readonly submitter?: { readonly login: string; readonly id: number } | 'unknown';
}

function codes({ head, base = {}, submitter = EVE }: Submission): readonly string[] {
  const before = new Map([...FILES, ...Object.entries(base)]);
  const after = new Map(before);
  for (const [path, text] of Object.entries(head)) {
    if (text === undefined) after.delete(path);
    else after.set(path, text);
  }
  const paths = Object.entries(head).map(([path, text]): ChangedPath => {
    const kind = text === undefined ? 'deleted' : before.has(path) ? 'modified' : 'added';
    return { path, kind };
  });
  const states = { base: stateOf(before), head: stateOf(after) };
  const found = checkChange({
    ...states,
    paths,
    submitter: submitter === 'unknown' ? undefined : submitter,
    nowMs: Date.parse('2026-06-01T12:00:00Z'),
  });
  return [...new Set([...states.head.findings, ...found].map(({ code }) => code))].toSorted();
}

describe('a review', () => {
  it.each<[string, Submission]>([
    ['of one’s own', { head: { [PATH]: review({ text: 'Fine. 1 < 2, and 3 > 2.' }) } }],
    ['that its author changes', { base: { [PATH]: review() }, head: { [PATH]: review({ stars: 1 }) } }],
    ['that its author takes away', { base: { [PATH]: review() }, head: { [PATH]: undefined } }],
    [
      'of an account that was renamed since',
      {
        base: { [PATH]: review() },
        head: { [PATH]: review({ author: { login: 'eva', id: 666 } }) },
        submitter: { login: 'eva', id: 666 },
      },
    ],
  ])('%s is taken', (_what, submission) => {
    expect(codes(submission)).toEqual([]);
  });

  it.each<[string, Submission, readonly string[]]>([
    ['in the name of another', { head: { [PATH]: review({ author: ADA }) } }, ['REVIEW_MISPLACED', 'REVIEW_NOT_YOURS']],
    [
      'over that of another',
      {
        base: { [PATH]: review() },
        head: { [PATH]: review({ author: { login: 'bob', id: 7 } }) },
        submitter: { login: 'bob', id: 7 },
      },
      ['REVIEW_NOT_YOURS'],
    ],
    ['under another name', { head: { [`reviews/${NAME}/bob.yaml`]: review() } }, ['REVIEW_MISPLACED']],
    [
      'a second time',
      {
        base: { [`reviews/${NAME}/evi.yaml`]: review({ author: { login: 'evi', id: 666 } }) },
        head: { [PATH]: review() },
      },
      ['REVIEW_TWICE'],
    ],
    [
      'by an owner',
      { head: { [`reviews/${NAME}/ada.yaml`]: review({ author: ADA }) }, submitter: ADA },
      ['REVIEW_BY_OWNER'],
    ],
    ['of a version that is not there', { head: { [PATH]: review({ version: '2.0.0' }) } }, ['REVIEW_VERSION_UNKNOWN']],
    ['of a plugin that is not there', { head: { 'reviews/@acme/gone/eve.yaml': review() } }, ['REVIEW_PLUGIN_UNKNOWN']],
    ['with HTML', { head: { [PATH]: review({ text: 'a </textarea>' }) } }, ['REVIEW_TEXT_REFUSED']],
    ['with six stars', { head: { [PATH]: review({ stars: 6 }) } }, ['INVALID_VALUE']],
    [
      'with a second one',
      { head: { [PATH]: review(), 'reviews/@acme/gone/eve.yaml': review() } },
      ['REVIEW_NOT_ALONE', 'REVIEW_PLUGIN_UNKNOWN'],
    ],
    [
      'that nobody answers for',
      { head: { [PATH]: review() }, submitter: 'unknown' },
      ['REVIEW_REQUIRED', 'SUBMITTER_UNVERIFIED'],
    ],
    [
      'that somebody else takes away',
      { base: { [PATH]: review() }, head: { [PATH]: undefined }, submitter: ADA },
      ['REVIEW_REQUIRED'],
    ],
    [
      'that somebody else removes, with a reason',
      {
        base: { [PATH]: review({ text: 'Buy mine.' }) },
        head: { [PATH]: review({ removed: REMOVED }) },
        submitter: OPERATOR,
      },
      ['REVIEW_REQUIRED'],
    ],
    [
      'that somebody else restores',
      { base: { [PATH]: review({ removed: REMOVED }) }, head: { [PATH]: review() }, submitter: OPERATOR },
      ['REVIEW_REQUIRED'],
    ],
    [
      'that somebody else restores with words of his own',
      {
        base: { [PATH]: review({ removed: REMOVED }) },
        head: { [PATH]: review({ text: 'Wonderful.' }) },
        submitter: OPERATOR,
      },
      ['REVIEW_NOT_YOURS'],
    ],
    [
      'that somebody else removes and rewrites',
      { base: { [PATH]: review() }, head: { [PATH]: review({ stars: 1, removed: REMOVED }) }, submitter: OPERATOR },
      ['REVIEW_NOT_YOURS'],
    ],
    [
      'that somebody else changes, and says nothing',
      { base: { [PATH]: review() }, head: { [PATH]: review({ text: 'Mine.' }) }, submitter: OPERATOR },
      ['REVIEW_NOT_YOURS'],
    ],
    [
      'that was removed, and keeps its text',
      { head: { [PATH]: review({ text: 'Buy mine.', removed: REMOVED }) } },
      ['REVIEW_REQUIRED', 'REVIEW_TEXT_REFUSED'],
    ],
    [
      'that its author writes anew after it was removed',
      { base: { [PATH]: review({ removed: REMOVED }) }, head: { [PATH]: review({ text: 'Buy mine.' }) } },
      ['REVIEW_REQUIRED'],
    ],
    [
      'that its author takes away after it was removed, to write it anew',
      { base: { [PATH]: review({ removed: REMOVED }) }, head: { [PATH]: undefined } },
      ['REVIEW_REQUIRED'],
    ],
    [
      'under a new name after it was removed',
      {
        base: { [PATH]: review({ removed: REMOVED }) },
        head: { [`reviews/${NAME}/evi.yaml`]: review({ author: { login: 'evi', id: 666 } }) },
        submitter: { login: 'evi', id: 666 },
      },
      ['REVIEW_TWICE'],
    ],
    ['where no review can be', { head: { 'reviews/eve.yaml': review() } }, ['PATH_NOT_ALLOWED']],
  ])('%s is not', (_what, submission, expected) => {
    expect(codes(submission)).toEqual(expected);
  });
});
