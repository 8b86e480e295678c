/**
 * The event that a workflow runs for, from the file that GitHub wrote.
 *
 * Who submits, and which labels a pull request has, is GitHub's word. Titles, bodies and names of branches in it are the
 * author's, and nothing of them is read.
 */
import { readFile, stat } from 'node:fs/promises';
import { ArError } from '@ar-registry/core/errors';
import { translateFileError } from '@ar-registry/io/files';
import type { Account } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/pull-request-event';

export interface PullRequestFacts {
  readonly number: number;
  readonly submitter: Account;
  readonly labels: readonly string[];
  readonly base: string;
  readonly head: string;
}

/** GitHub sends no event above 25 MB. */
const LIMIT_BYTES = 32 * 1024 * 1024;

/** @throws FILE_NOT_FOUND, FILE_INVALID for an event of another kind, FILE_ACCESS */
export async function readPullRequestEvent(file: string): Promise<PullRequestFacts> {
  const info = await stat(file).catch(() => undefined);
  if (!info) throw new ArError('FILE_NOT_FOUND', { path: file });
  if (!info.isFile() || info.size > LIMIT_BYTES) throw invalid(file, 'it is no file of an event');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw translateFileError(error, file);
  });
  const checked = validator(parseJson(text));
  if (!checked.ok) throw invalid(file, 'it is no event of a pull request');
  const { number, user, base, head, labels } = checked.value.pull_request;
  return {
    number,
    submitter: { login: user.login, id: user.id },
    labels: labels.map(({ name }) => name),
    base: base.sha,
    head: head.sha,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // fits no schema
  }
}

function invalid(file: string, problem: string): ArError {
  return new ArError('FILE_INVALID', { file, problem });
}
