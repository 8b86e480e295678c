import { ArError } from '@ar-registry/core/errors';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { Account } from '@ar-registry/schemas';
import { runGit } from '../git/command.ts';

/** Reads `login:id`. @throws PUBLISHER_UNKNOWN */
export function parsePublisher(text: string): Account {
  const [, login, id] = /^([A-Za-z0-9][A-Za-z0-9-]{0,38}):([1-9]\d{0,15})$/.exec(text) ?? [];
  if (login !== undefined && Number.isSafeInteger(Number(id))) return { login, id: Number(id) };
  const shown = truncate(toSingleLine(text), 60);
  throw new ArError('PUBLISHER_UNKNOWN', { problem: `“${shown}” is not <login>:<id>` });
}

export interface GitSettingOptions {
  /** Folder whose repository, if it is in one, may have the setting too. */
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** A setting of the user's git, such as `user.name`; undefined where it is not set, or git is not there. */
export async function readGitSetting(key: string, { cwd, signal }: GitSettingOptions): Promise<string | undefined> {
  const answer = await runGit(['config', '--get', '--', key], {
    doing: `reading the setting ${key}`,
    cwd,
    signal,
    answers: [1],
  });
  return new TextDecoder().decode(answer.stdout).trim() || undefined;
}
