/**
 * The mark of a folder: files with numbers, of which the highest counts. The next number is made by whoever makes it first,
 * which file systems see to, also those of other machines. It takes the earlier ones away: where one is there that stays, a
 * backup was laid over the folder, or somebody was stopped just then.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeFolder, translateFileError } from '@ar-registry/io/files';
import type { MarkStore } from './marks.ts';

const MARK = /^mark-(?<number>[1-9]\d{0,14})\.json$/;

/** @param folder absolute; made with the first mark */
export function folderMarks(folder: string): MarkStore {
  return {
    read: () => read(folder),
    replace: async (text, version) => {
      try {
        await makeFolder(folder);
        return replace(folder, text, version);
      } catch (error) {
        throw translateFileError(error, folder);
      }
    },
  };
}

/** So often one may be replaced while it is read, or may be read before it is written. */
const ATTEMPTS = 50;
const POLL_MS = 10;

async function read(folder: string): ReturnType<MarkStore['read']> {
  for (let attempt = 1; ; attempt += 1) {
    const numbers = numbersIn(folder);
    const number = highest(numbers);
    if (number === 0) return undefined;
    const text = readIfThere(path.join(folder, nameOf(number)));
    const isDoubtful = numbers.length > 1;
    // One that its writer was stopped at says nothing.
    if ((text?.endsWith('\n') === true && !isDoubtful) || attempt === ATTEMPTS)
      return { text: text ?? '', version: String(number), isDoubtful };
    await delay(POLL_MS);
  }
}

function replace(folder: string, text: string, version: string | undefined): string | undefined {
  const number = Number(version ?? 0) + 1;
  const own = path.join(folder, nameOf(number));
  if (!create(folder, own, text)) return undefined;
  if (highest(numbersIn(folder)) !== number) {
    rmSync(own, { force: true });
    return undefined;
  }
  for (const name of readdirSync(folder)) if (numberOf(name) < number) rmSync(path.join(folder, name), { force: true });
  return String(number);
}

/** As a whole, where the file system has hard links. @returns whether nobody else was quicker */
function create(folder: string, own: string, text: string): boolean {
  const temporary = path.join(folder, `new-${randomUUID()}.json`);
  writeFileSync(temporary, text);
  try {
    linkSync(temporary, own);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return false;
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'EMLINK')
      return writeNew(own, text);
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function writeNew(own: string, text: string): boolean {
  try {
    writeFileSync(own, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function numbersIn(folder: string): readonly number[] {
  try {
    return readdirSync(folder).map(numberOf).filter(Number.isFinite);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw translateFileError(error, folder);
  }
}

/** 0 for none. */
function highest(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), 0);
}

/** Infinite for what is no mark. */
function numberOf(name: string): number {
  return Number(MARK.exec(name)?.groups?.['number'] ?? Infinity);
}

function nameOf(number: number): string {
  return `mark-${number}.json`;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw translateFileError(error, file);
  }
}

function codeOf(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code;
}
