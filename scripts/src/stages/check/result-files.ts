/** The files that the pull request job leaves: for machines, for code scanning, for people. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { presentMarkdown, toSarif } from '@ar-registry/checks';
import { ArError } from '@ar-registry/core/errors';
import { replaceFile, translateFileError } from '@ar-registry/io/files';
import type { SubmissionReport, Validator } from '@ar-registry/schemas';

export const REPORT_FILE = 'submission-report.json';

/** Writes each as a whole, the report last: where it is, the others are. @throws DISK_FULL, FILE_ACCESS */
export async function writeResultFiles(folder: string, report: SubmissionReport): Promise<void> {
  await replaceFile(join(folder, 'report.md'), presentMarkdown(report));
  await replaceFile(join(folder, 'report.sarif'), `${JSON.stringify(toSarif(report))}\n`);
  await replaceFile(join(folder, REPORT_FILE), `${JSON.stringify(report)}\n`);
}

/**
 * Reads a document of ours that came from where strangers could write: a plain file of bounded size that fits its schema.
 *
 * @throws FILE_NOT_FOUND, REPORT_NOT_BELIEVED, FILE_ACCESS
 */
export async function readUntrusted<T>(
  file: string,
  { validate, limitBytes }: { readonly validate: Validator<T>; readonly limitBytes: number },
): Promise<T> {
  const info = await stat(file).catch(() => undefined);
  if (!info) throw new ArError('FILE_NOT_FOUND', { path: file });
  if (!info.isFile() || info.size > limitBytes)
    throw new ArError('REPORT_NOT_BELIEVED', { file, problem: `it is no file of at most ${limitBytes} bytes` });
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw translateFileError(error, file);
  });
  const checked = validate(parseJson(text));
  if (checked.ok) return checked.value;
  const [first] = checked.errors;
  const where = first === undefined || first.instancePath === '' ? 'the top' : first.instancePath;
  throw new ArError('REPORT_NOT_BELIEVED', { file, problem: `it does not fit its schema (at ${where})` });
}

/** Undefined, which fits no schema, for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
