import { ArError } from '@ar-registry/core/errors';

/**
 * The id of a category or a tag as somebody wrote it: white space around it, as copying leaves it, is none of it.
 *
 * @param command whose help says which there are
 * @throws USAGE where nothing is left, as of a variable that is not set
 */
export function writtenId(
  option: 'category' | 'tag',
  text: string | undefined,
  command: 'search' | 'list',
): string | undefined {
  const id = text?.trim();
  if (id !== '') return id;
  throw new ArError('USAGE', { problem: `--${option} needs a value.`, help: `ar plugin ${command} --help` });
}
