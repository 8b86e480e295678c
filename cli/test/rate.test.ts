/** `ar plugin rate`, from the command to what the registry publishes, by the registry's own checks. */
import fs from 'node:fs';
import path from 'node:path';
import { parseReviewRecord } from '@ar-registry/core/record';
import { stringifyRecord } from '@ar-registry/core/yaml';
import type { ChangeOutput, ReviewRecord } from '@ar-registry/schemas';
import { validator as isChange } from '@ar-registry/schemas/validators/cli/change';
import { testIndex } from '@ar-registry/testing/registry';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';
import { findingsOf, makeIndex, mergeBranch } from './support/pipeline.ts';

const NAME = '@acme/hello';
const FILE = `reviews/${NAME}/eve.yaml`;
const INDEX = testIndex()
  .scope('acme', { owners: [{ login: 'ada', id: 1 }] })
  .plugin(NAME, { record: { owners: [{ login: 'ada', id: 1 }] }, distTags: { latest: '1.1.0' } })
  .version('1.0.0')
  .version('1.1.0');

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = createSandbox();
  await makeIndex(sandbox, INDEX.files());
  return () => sandbox[Symbol.dispose]();
});

function rateAs(who: string, ...args: readonly string[]): Promise<Ended> {
  return sandbox.ar(['plugin', 'rate', NAME, ...args], { AR_INDEX: 'index.git', AR_PUBLISHER: who });
}

async function submit(who: string, ...args: readonly string[]): Promise<ChangeOutput> {
  const { stdout, stderr } = await rateAs(who, ...args, '--json');
  const result = isChange(JSON.parse(stdout));
  if (!result.ok) throw new Error(stdout + stderr);
  return result.value;
}

async function reviewAt(branch: string): Promise<ReviewRecord> {
  const text = await sandbox.git('-C', path.join(sandbox.dir, 'index.git'), 'show', `${branch}:${FILE}`);
  const parsed = parseReviewRecord(text, FILE);
  if (!parsed.ok) throw new Error(text);
  return parsed.record;
}

/** Commits a review as somebody who runs the registry does. */
async function commitReview(record: ReviewRecord): Promise<void> {
  const clone = path.join(sandbox.dir, 'operator');
  await sandbox.git('clone', '--quiet', path.join(sandbox.dir, 'index.git'), clone);
  fs.writeFileSync(path.join(clone, FILE), stringifyRecord(record));
  await sandbox.git('-C', clone, 'commit', '--quiet', '--all', '-m', 'Remove a review');
  await sandbox.git('-C', clone, 'push', '--quiet', 'origin', 'HEAD:main');
}

describe('rate', () => {
  it('submits one file that the registry takes, and changes it when run again', async () => {
    const first = await submit('eve:666', '4', '--review', 'Does what it says.\nMostly.');
    expect(first).toMatchObject({ state: 'pushed', files: [FILE] });
    expect(await reviewAt(first.branch ?? '')).toMatchObject({ stars: 4, version: '1.1.0', author: { id: 666 } });
    expect(await findingsOf(sandbox, first.branch ?? '', 'eve:666')).toEqual([]);
    await mergeBranch(sandbox, first.branch ?? '');
    const second = await submit('eve:666', '2', '--version', '1.0.0');
    expect(await reviewAt(second.branch ?? '')).toMatchObject({ stars: 2, version: '1.0.0' });
    await mergeBranch(sandbox, second.branch ?? '');
    expect(await submit('eve:666', '2', '--version', '1.0.0')).toMatchObject({ state: 'unchanged' });
  });

  it('knows an account that was renamed by its number', async () => {
    const first = await submit('eve:666', '4');
    await mergeBranch(sandbox, first.branch ?? '');
    expect(await submit('eva:666', '3')).toMatchObject({ files: [FILE] });
  });

  it('leaves to a person what is said instead of something that was removed', async () => {
    const first = await submit('eve:666', '1', '--review', 'Buy mine instead.');
    await mergeBranch(sandbox, first.branch ?? '');
    const { text: _, ...rest } = await reviewAt('main');
    await commitReview({ ...rest, removed: { reason: 'It sells another product.', at: '2026-06-01T12:00:00Z' } });
    const again = await submit('eve:666', '1', '--review', 'Buy mine instead.');
    expect(again.effects.join()).toContain('It sells another product.');
    expect(await findingsOf(sandbox, again.branch ?? '', 'eve:666')).toEqual(['REVIEW_REQUIRED']);
  });

  it.each([
    ['an owner', 'ada:1', ['5'], 1, 'FINDINGS'],
    ['six stars', 'eve:666', ['6'], 2, 'USAGE'],
    ['HTML', 'eve:666', ['1', '--review', 'a <img src=x onerror=alert(1)>'], 1, 'REVIEW_TEXT_INVALID'],
    ['an empty text', 'eve:666', ['1', '--review', '  '], 1, 'REVIEW_TEXT_INVALID'],
    ['a text that turns around', 'eve:666', ['1', '--review', 'good \u202Edab'], 1, 'REVIEW_TEXT_INVALID'],
    ['3,000 characters', 'eve:666', ['1', '--review', 'x'.repeat(3000)], 1, 'REVIEW_TEXT_INVALID'],
    ['a version that is not published', 'eve:666', ['1', '--version', '9.0.0'], 1, 'VERSION_NOT_FOUND'],
  ] as const)('refuses %s', async (...[, who, args, code, error]) => {
    const ended = await rateAs(who, ...args);
    expect([ended.code, errorCode(ended)]).toEqual([code, error]);
  });
});
