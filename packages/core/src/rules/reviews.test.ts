import { describe, expect, it } from 'vitest';
import { ADA, EVE, testIndex } from '../../test/index-fixture.ts';
import type { Finding } from '../findings/index.ts';
import { assembleSnapshot } from '../snapshot/index.ts';
import { stringifyRecord } from '../yaml/index.ts';
import { checkChange, type ChangedPath, type IndexState } from './index.ts';

const NAME = '@acme/hello';
const PATH = `reviews/${NAME}/eve.yaml`;
const FILES = testIndex().version(NAME, '1.0.0').files();

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
    ['where no review can be', { head: { 'reviews/eve.yaml': review() } }, ['PATH_NOT_ALLOWED']],
  ])('%s is not', (_what, submission, expected) => {
    expect(codes(submission)).toEqual(expected);
  });
});
