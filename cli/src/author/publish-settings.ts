/** Who publishes, and where to: from the command line, the environment, or the user's git. */
import { ArError } from '@ar-registry/core/errors';
import { parseWanted } from '@ar-registry/core/resolve';
import { parsePublisher, readGitSetting, resolveRemote } from '@ar-registry/io/publish';
import type { Account } from '@ar-registry/schemas';
import type { Context } from '../context.ts';

/** @throws PUBLISHER_UNKNOWN */
export async function findPublisher(
  option: string | undefined,
  dir: string,
  { env, signal }: Pick<Context, 'env' | 'signal'>,
): Promise<Account> {
  const text = option ?? (env['AR_PUBLISHER'] || (await readGitSetting('ar.publisher', { cwd: dir, signal })));
  if (text !== undefined) return parsePublisher(text);
  throw new ArError('PUBLISHER_UNKNOWN', {
    problem: 'neither --as, AR_PUBLISHER nor the git setting ar.publisher says so',
  });
}

/** @returns what git understands, and what the user wrote. @throws INDEX_REMOTE_UNKNOWN, INDEX_NOT_FOUND */
export async function findRemote(
  option: string | undefined,
  { env, cwd }: Pick<Context, 'env' | 'cwd'>,
): Promise<{ readonly remote: string; readonly given: string }> {
  const given = option ?? env['AR_INDEX'];
  if (!given) throw new ArError('INDEX_REMOTE_UNKNOWN', {});
  return { remote: await resolveRemote(given, cwd), given };
}

/** A tag must not look like a version or a range, or nobody could ask for it. @throws USAGE */
export function checkTag(tag: string | undefined): void {
  if (tag === undefined || tag === 'latest' || parseWanted(tag)?.kind === 'tag') return;
  const problem = `--tag cannot be ${tag}; it is a word of a-z, 0-9 and hyphens, such as beta.`;
  throw new ArError('USAGE', { problem, help: 'ar plugin publish --help' });
}
