/**
 * What `notify` remembers from run to run, in a folder of its own: `state.json`, and `dead-letters.ndjson` of what was
 * given up. Nothing is taken out of the state before somebody has said that he got it, so it is told at least once.
 */
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import type { Pending } from '@ar-registry/core/notices';
import { makeFolder, readTextIfExists, translateFileError, writeAtomically } from '@ar-registry/io/files';
import type { NotifyState } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/notify-state';

export interface StateFolder {
  /** Undefined before the first run. @throws FILE_INVALID, FILE_ACCESS */
  read(): Promise<NotifyState | undefined>;
  write(state: NotifyState): Promise<void>;
  /** @param at when they were given up */
  bury(letters: readonly Pending[], at: string): Promise<void>;
  /** What was given up, to be tried again. It stays until it is forgotten. */
  exhume(): Promise<readonly Pending[]>;
  /** Empties the dead letters: once they are in a state that was written, and not before. */
  forget(): Promise<void>;
}

/** @param folder absolute; made where it is not there */
export function openState(folder: string): StateFolder {
  const file = path.join(folder, 'state.json');
  const letters = path.join(folder, 'dead-letters.ndjson');
  return {
    read: async () => {
      const text = await readTextIfExists(file);
      return text === undefined ? undefined : parseState(text, file);
    },
    write: async (state) => {
      await makeFolder(folder);
      await writeAtomically(file, `${JSON.stringify(state)}\n`);
    },
    bury: async (dead, at) => {
      if (dead.length === 0) return;
      await makeFolder(folder);
      const lines = dead.map((letter) => `${JSON.stringify({ ...letter, givenUpAt: at })}\n`).join('');
      await appendFile(letters, lines).catch((error: unknown) => {
        throw translateFileError(error, letters);
      });
    },
    exhume: async () => {
      const lines = (await readTextIfExists(letters)) ?? '';
      const found = lines.split('\n').filter((line) => line.trim() !== '');
      const state = { schemaVersion: 1, seen: [], owners: {}, pending: found.map(parseLine(letters)) };
      const { pending } = parseState(JSON.stringify(state), letters);
      return pending.map((letter) => ({ ...letter, attempts: 0 }));
    },
    forget: () => writeAtomically(letters, ''),
  };
}

function parseLine(file: string): (line: string) => unknown {
  return (line) => {
    try {
      return JSON.parse(line);
    } catch (cause) {
      throw new ArError('FILE_INVALID', { file, problem: 'a line of it is not JSON' }, { cause });
    }
  };
}

function parseState(text: string, file: string): NotifyState {
  const result = validator(parseLine(file)(text));
  if (result.ok) return result.value;
  const [first] = result.errors;
  throw new ArError('FILE_INVALID', {
    file,
    problem: `${first?.instancePath ?? ''} ${first?.message ?? 'is not valid'}`,
  });
}
