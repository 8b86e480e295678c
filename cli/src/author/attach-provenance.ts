import { createHash } from 'node:crypto';
import { ArError } from '@ar-registry/core/errors';
import { readTextOrPipe } from '@ar-registry/io/files';
import type { Source } from '@ar-registry/schemas';

/** As much as a record takes. @source schemas/v1/common.schema.json, `source` */
const LIMIT = 48_000;

/**
 * The source with a bundle that speaks of this archive and this commit. Whether its signature holds is for the registry
 * to say, which knows whose count.
 *
 * @param source undefined where the folder is at no commit that others can reach
 * @throws FILE_NOT_FOUND, FILE_ACCESS, PROVENANCE_UNUSABLE
 */
export async function attachProvenance(
  source: Source | undefined,
  {
    file,
    archive,
    signal,
  }: { readonly file: string | undefined; readonly archive: Uint8Array; readonly signal: AbortSignal },
): Promise<Source | undefined> {
  if (file === undefined) return source;
  const text = (await readTextOrPipe(file, signal))?.trim();
  if (text === undefined) throw new ArError('FILE_NOT_FOUND', { path: file });
  const unusable = (problem: string): ArError => new ArError('PROVENANCE_UNUSABLE', { file, problem });
  if (!source) throw unusable('needs a commit that others can fetch, and this folder is at none');
  if (text.length > LIMIT) throw unusable(`has more than ${LIMIT} characters`);
  const { inspectProvenance } = await import('@ar-registry/io/provenance');
  const digest = (algorithm: string): string => createHash(algorithm).update(archive).digest('hex');
  const claim = { repository: source.url, commit: source.commit, sha512: digest('sha512'), sha256: digest('sha256') };
  const problem = inspectProvenance(text, claim);
  if (problem !== undefined) throw unusable(problem);
  return { ...source, provenance: { bundle: text } };
}
