/** The log goes on in the folder where it lies, from its end alone: as if all of it had been made at once. */
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { parseCheckpoint } from '@ar-registry/core/transparency';
import { describe, expect, it } from 'vitest';
import { logFixture, manyVersions, versionOf, type LogFixture } from './log-fixture.ts';

const HELLO = 'plugins/@acme/hello.json';
const at = ({ site }: LogFixture, file: string): string => path.join(site, routes.log, file);
const record = (version: string): string => `plugins/@acme/hello/versions/${version}.yaml`;

/** Paths and contents of the log, but for the partial tiles of states before. */
async function contentOf(site: string, size: number): Promise<Readonly<Record<string, string>>> {
  const folder = path.join(site, routes.log);
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const content: Record<string, string> = {};
  for (const file of files.toSorted()) {
    const name = path.relative(folder, file);
    const width = /\.p\/(\d+)$/.exec(name)?.[1];
    if (width === undefined || Number(width) === size % 256) content[name] = (await readFile(file)).toString('latin1');
  }
  return content;
}

/** Lets the log go on, and holds it against one that is made anew. */
async function appendAndCompare(fixture: LogFixture): Promise<number> {
  const done = await fixture.append();
  const other = path.join(fixture.folder, 'anew');
  await rm(other, { recursive: true, force: true });
  const anew = await fixture.append({ into: other });
  expect(done?.root).toBe(anew?.root);
  const size = done?.size ?? 0;
  expect(await contentOf(fixture.site, size)).toEqual(await contentOf(other, size));
  return size;
}

/** A log of 301 entries, of which the first 256 are in a full tile. */
async function grown(): Promise<LogFixture> {
  const fixture = await logFixture();
  await fixture.commit(manyVersions(0, 300));
  await fixture.append();
  return fixture;
}

describe('a log that goes on', () => {
  it('is the same as one that is made at once, after any number of decisions', async () => {
    const fixture = await logFixture();
    let from = 0;
    for (const count of [1, 253, 1, 1, 0, 255, 1, 260]) {
      await fixture.commit({ ...manyVersions(from, from + count), [`scopes/s${from}.yaml`]: 'level: verified\n' });
      from += count;
      await appendAndCompare(fixture);
    }
    expect(await fixture.verify()).toMatchObject({ differences: [] });
  }, 60_000);

  it('is read and written where it ends, and nowhere else', async () => {
    const fixture = await grown();
    await writeFile(at(fixture, 'tile/entries/000'), 'nobody reads it');
    await writeFile(at(fixture, 'plugins/@acme/other.json'), 'nor this');
    await fixture.commit({ [record('2.0.0')]: versionOf('sha512-new') });
    expect(await fixture.append()).toMatchObject({ size: 302, added: 1 });
    expect(await readFile(at(fixture, 'tile/entries/000'), 'utf8')).toBe('nobody reads it');
    expect(await readFile(at(fixture, 'plugins/@acme/other.json'), 'utf8')).toBe('nor this');
    expect(JSON.parse(await readFile(at(fixture, HELLO), 'utf8'))).toMatchObject({
      entries: { length: 301, 300: { index: 301, entry: { version: '2.0.0' } } },
    });
  });

  it('keeps the last tiles of the state before, and no older ones', async () => {
    const fixture = await grown();
    for (const version of ['2.0.0', '3.0.0']) {
      await fixture.commit({ [record(version)]: versionOf('sha512-new') });
      await fixture.append();
    }
    expect((await readdir(at(fixture, 'tile/0/001.p'))).toSorted()).toEqual(['46', '47']);
    expect((await readdir(at(fixture, 'tile/entries/001.p'))).toSorted()).toEqual(['46', '47']);
  });

  it.each<[string, (fixture: LogFixture) => Promise<void>]>([
    ['the last tile', (fixture) => writeFile(at(fixture, 'tile/0/001.p/45'), Buffer.alloc(45 * 32))],
    ['the tile above', (fixture) => rm(at(fixture, 'tile/1/000.p/1'))],
    ['the last entries', (fixture) => writeFile(at(fixture, 'tile/entries/001.p/45'), Buffer.alloc(90))],
    ['what it says of the plugin', (fixture) => writeFile(at(fixture, HELLO), '{"schemaVersion":1}')],
  ])('is made anew where %s was damaged', async (_, damage) => {
    const fixture = await grown();
    await damage(fixture);
    await fixture.commit({ [record('2.0.0')]: versionOf('sha512-new') });
    expect(await appendAndCompare(fixture)).toBe(302);
    expect(await fixture.verify()).toMatchObject({ differences: [] });
  });

  it('is made anew where its last writing did not come to its end', async () => {
    const fixture = await grown();
    await rm(path.join(fixture.site, '.ar-log'));
    await rm(at(fixture, HELLO));
    await rm(at(fixture, 'tile/0/000'));
    await fixture.commit({ [record('2.0.0')]: versionOf('sha512-new') });
    expect(await appendAndCompare(fixture)).toBe(302);
    expect(await fixture.verify()).toMatchObject({ differences: [] });
  });

  it('does not take over what is of no checkpoint', async () => {
    const fixture = await grown();
    const document = JSON.parse(await readFile(at(fixture, HELLO), 'utf8'));
    const [first] = document.entries;
    document.entries.push({ ...first, index: 301 }, { ...first, index: 999 });
    await writeFile(at(fixture, HELLO), JSON.stringify(document));
    await fixture.commit({ [record('2.0.0')]: versionOf('sha512-new') });
    expect(await appendAndCompare(fixture)).toBe(302);
  });

  it('is refused where its history was rewritten, and nothing of it changes', async () => {
    const fixture = await grown();
    const before = await contentOf(fixture.site, 301);
    await fixture.git('reset', '--quiet', '--hard', 'HEAD~1');
    await fixture.commit(manyVersions(0, 299));
    await expect(fixture.append()).rejects.toMatchObject({ code: 'LOG_REWRITTEN' });
    expect(await contentOf(fixture.site, 301)).toEqual(before);
    expect(parseCheckpoint(await fixture.read('checkpoint'))?.size).toBe(301);
  });
});

it('deployments are told what is new of each plugin', async () => {
  const fixture = await grown();
  const log = path.join(fixture.site, '.ar-files.log');
  await writeFile(path.join(fixture.site, '.ar-build.json'), '{}');
  await fixture.commit({ [record('2.0.0')]: versionOf('sha512-new') });
  await fixture.append();
  const line = `+${routes.log}/${HELLO}\n`;
  expect(await readFile(log, 'utf8')).toBe(line.repeat(2));
  await fixture.append();
  expect(await readFile(log, 'utf8')).toBe(line.repeat(2));
});
