import { ArError } from '@ar-registry/core/errors';
import { readTextIfExists } from '@ar-registry/io/files';
import type { RebuildReport } from '@ar-registry/schemas';
import { validator as isReport } from '@ar-registry/schemas/validators/rebuild-report';

/**
 * What the last `rebuild` found.
 *
 * @param file it need not be there: before the first time there is none
 * @throws FILE_INVALID, FILE_ACCESS
 */
export async function readRebuildReport(file: string | undefined): Promise<RebuildReport | undefined> {
  const text = file === undefined ? undefined : await readTextIfExists(file);
  if (file === undefined || text === undefined) return undefined;
  try {
    const result = isReport(JSON.parse(text));
    if (result.ok) return result.value;
  } catch (cause) {
    throw new ArError('FILE_INVALID', { file, problem: 'it is no JSON' }, { cause });
  }
  throw new ArError('FILE_INVALID', { file, problem: 'it is no report of a rebuild' });
}
