import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readState, writeState, type State } from './state.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'ar-state-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const STATE: State = {
  template: 't',
  known: { listing: [], plugins: {}, lists: {} },
  search: '',
  files: ['index.html'],
};

describe('the state of a build', () => {
  it('is there for the next one, and nothing beside it', async () => {
    await writeState(folder, STATE);
    expect([await readState(folder), readdirSync(folder)]).toEqual([{ version: 2, ...STATE }, ['.ar-site.json']]);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"version":1,"files":[]}',
    '{"version":2,"files":[]}',
    '{"version":2,"files":[],"known":{"listing":[]}}',
  ])('is none where %s lies, so that everything is built', async (text) => {
    writeFileSync(path.join(folder, '.ar-site.json'), text);
    expect(await readState(folder)).toBeUndefined();
  });

  it('is none in a folder that is not there', async () => {
    expect(await readState(path.join(folder, 'none'))).toBeUndefined();
  });
});
