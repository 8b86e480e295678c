/** Who publishes, and where to: from the command line, the environment, or the user's git. */
import { ArError } from '@ar-registry/core/errors';
import { parseWanted } from '@ar-registry/core/resolve';
import { parsePublisher, readGitSetting, resolveRemote } from '@ar-registry/io/publish';
import type { Account, PluginName } from '@ar-registry/schemas';
import type { Context } from '../context.ts';

/** What was said with --as or AR_PUBLISHER. @throws PUBLISHER_UNKNOWN for what is no account */
export function namedPublisher(option: string | undefined, env: Context['env']): Account | undefined {
  const text = option ?? (env['AR_PUBLISHER'] || undefined);
  return text === undefined ? undefined : parsePublisher(text);
}

/** @throws PUBLISHER_UNKNOWN */
export async function findPublisher(
  option: string | undefined,
  dir: string,
  { env, signal }: Pick<Context, 'env' | 'signal'>,
): Promise<Account> {
  const named = namedPublisher(option, env);
  if (named) return named;
  const text = await readGitSetting('ar.publisher', { cwd: dir, signal });
  if (text !== undefined) return parsePublisher(text);
  throw new ArError('PUBLISHER_UNKNOWN', {
    problem: 'neither --as, AR_PUBLISHER nor the git setting ar.publisher says so',
  });
}

/**
 * --index, AR_INDEX, or what the plugin's own registry says of where it takes submissions: that of a private scope is
 * never submitted in public.
 *
 * @returns what git understands, and what was written. @throws INDEX_REMOTE_UNKNOWN, INDEX_NOT_FOUND, REGISTRY_…
 */
export async function findRemote(
  option: string | undefined,
  plugin: PluginName,
  { env, cwd, registryOf, signal }: Pick<Context, 'env' | 'cwd' | 'registryOf' | 'signal'>,
): Promise<{ readonly remote: string; readonly given: string }> {
  const own = option ?? (env['AR_INDEX'] || undefined);
  if (own !== undefined) return { remote: await resolveRemote(own, cwd), given: own };
  const { submissions } = await (await registryOf(plugin)).config(signal);
  // What a registry says leads nowhere on this machine.
  if (submissions === undefined || !/^(?:https|http|ssh|git):\/\/|^[^/\\:]+@/.test(submissions.repository))
    throw new ArError('INDEX_REMOTE_UNKNOWN', {});
  return { remote: submissions.repository, given: submissions.repository };
}

/** A tag must not look like a version or a range, or nobody could ask for it. @throws USAGE */
export function checkTag(tag: string | undefined): void {
  if (tag === undefined || tag === 'latest' || parseWanted(tag)?.kind === 'tag') return;
  const problem = `--tag cannot be ${tag}; it is a word of a-z, 0-9 and hyphens, such as beta.`;
  throw new ArError('USAGE', { problem, help: 'ar plugin publish --help' });
}
