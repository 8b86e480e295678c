/**
 * What a folder of reports holds, by plugin: a digest of the reports of each, in parts. Whoever publishes them compares the
 * parts with those of last time, and reads nothing but what changed.
 *
 * The list is as good as who writes the reports: it is a file beside them. What does not have its form is none.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, replaceFile, writeAtomically } from '@ar-registry/io/files';
import type { PluginName, Report } from '@ar-registry/schemas';

const LIST = '.ar-reports.json';
const FOLDER = '.ar-reports';

/** Part → digest of what is in it. */
export type ReportList = ReadonlyMap<string, string>;

/** Plugin → digest of its reports. */
export type ReportPart = ReadonlyMap<PluginName, string>;

/** @param folder of the reports; absolute @param reports all that are in it. @throws FILE_ACCESS, DISK_FULL */
export async function writeReportList(folder: string, reports: readonly Report[]): Promise<void> {
  const plugins = Map.groupBy(reports, ({ name }) => name);
  const digests = [...plugins].map(
    ([name, own]) => [name, digestOf(own.map((report) => JSON.stringify(report)))] as const,
  );
  const parts = Map.groupBy(digests.toSorted(byKey), ([name]) => partOf(name));
  const list: (readonly [string, string])[] = [];
  await makeFolder(join(folder, FOLDER));
  for (const [part, entries] of [...parts].toSorted(byKey)) {
    const text = `${JSON.stringify(Object.fromEntries(entries))}\n`;
    await replaceFile(join(folder, FOLDER, `${part}.json`), text);
    list.push([part, digestOf([text])]);
  }
  await writeAtomically(
    join(folder, LIST),
    `${JSON.stringify({ schemaVersion: 1, parts: Object.fromEntries(list) })}\n`,
  );
}

/** @returns undefined for a folder without one */
export async function readReportList(folder: string): Promise<ReportList | undefined> {
  const value = parseTexts(await readText(join(folder, LIST)), (text) => (text as { readonly parts?: unknown }).parts);
  return value && [...value.keys()].every((part) => PART.test(part)) ? value : undefined;
}

/** @param digest as the list has it. @returns undefined for a part that is another one */
export async function readReportPart(folder: string, part: string, digest: string): Promise<ReportPart | undefined> {
  const text = await readText(join(folder, FOLDER, `${part}.json`));
  if (text === undefined || digestOf([text]) !== digest) return undefined;
  return parseTexts(text, (value) => value);
}

const PART = /^[0-9a-f]{2}$/;

/** One of 256, in which each plugin stays. */
function partOf(name: PluginName): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 2);
}

function digestOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}\n`).update(text);
  return hash.digest('base64url');
}

async function readText(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

function parseTexts(text: string | undefined, of: (value: object) => unknown): ReadonlyMap<string, string> | undefined {
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text);
    const found = typeof value === 'object' && value !== null ? of(value) : undefined;
    if (typeof found !== 'object' || found === null) return undefined;
    const entries = Object.entries(found);
    return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
      ? new Map(entries)
      : undefined;
  } catch {
    return undefined; // no JSON
  }
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
