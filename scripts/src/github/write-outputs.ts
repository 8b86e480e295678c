/** What a step of a workflow tells the steps and jobs after it. */
import { appendFile } from 'node:fs/promises';
import { translateFileError } from '@ar-registry/io/files';

/**
 * Adds lines `name=value` to the file that GitHub names in `GITHUB_OUTPUT`. Numbers and yes or no alone: a text could
 * hold a line end, and with it an output of its own.
 *
 * @throws FILE_ACCESS, DISK_FULL
 */
export async function writeOutputs(
  file: string,
  outputs: Readonly<Record<string, boolean | number | undefined>>,
): Promise<void> {
  const lines = Object.entries(outputs).map(([name, value]) => `${name}=${value === undefined ? '' : String(value)}\n`);
  await appendFile(file, lines.join('')).catch((error: unknown) => {
    throw translateFileError(error, file);
  });
}
