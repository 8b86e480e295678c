import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import * as fc from 'fast-check';
import { parseManifest } from '@ar-registry/core/manifest';
import { assembleSnapshot, type Snapshot } from '@ar-registry/core/snapshot';
import { readArchive, verifyArchive } from '@ar-registry/io/archive';
import { readIndex } from '@ar-registry/io/index-store';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readRows } from './rows.ts';
import { versionsOf } from './versions.ts';
import { writeRegistry } from './write-registry.ts';
import { toYaml } from './yaml.ts';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'ar-corpus-'));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

const TEXTS = [
  '校验身份证合法性 🚀',
  'a \'quoted\' "text": # - not & YAML *',
  '<b>bold</b>',
  '\u2028 odd, \ufffd lost',
  'null',
  '- 1',
];
const TYPES = ['bridge', 'storage', 'memory', 'policy', 'hook', 'widget'];
const VERSIONS = ['4.2.0', '0.0.0', '1.0.0-beta.1', '0.3.17', '10.0.0', '2.0.1'];
const ROWS = Array.from({ length: 40 }, (_, index) => {
  const of = (values: readonly string[]): string => values[index % 6] ?? '';
  return `@scope-${index % 7}/plugin-${index}\t${of(VERSIONS)}\t${index * 100}\t${of(TYPES)}\tai\tx,y\t${of(TEXTS)}`;
});

function corpusFile(lines: readonly string[]): string {
  const file = path.join(fs.mkdtempSync(path.join(scratch, 'rows-')), 'rows.tsv.gz');
  fs.writeFileSync(file, zlib.gzipSync(`${lines.join('\n')}\n`));
  return file;
}

const HEADER = 'name\tversion\tdownloads\ttype\tcategory\ttags\tdescription';
const CORPUS = corpusFile([HEADER, ...ROWS]);

async function made(count: number, seed = 'test') {
  const folder = fs.mkdtempSync(path.join(scratch, 'out-'));
  return { folder, ...(await writeRegistry(readRows(CORPUS, count), { folder, seed })) };
}

async function snapshotOf(folder: string): Promise<Snapshot> {
  const reading = await readIndex({ folder });
  const assembled = assembleSnapshot(reading.files);
  expect([...reading.findings, ...assembled.findings]).toEqual([]);
  if (!assembled.ok) throw new Error('no snapshot');
  return assembled.snapshot;
}

describe('a registry made of a corpus', async () => {
  const { folder, commit, versions } = await made(40);
  const snapshot = await snapshotOf(folder);

  it('has every row as a plugin, with several versions, and no finding', () => {
    expect(snapshot.plugins).toHaveLength(40);
    expect(snapshot.plugins.reduce((sum, plugin) => sum + plugin.versions.length, 0)).toBe(versions);
    expect(versions).toBeGreaterThan(60);
    expect(snapshot.downloads.get('@scope-4/plugin-39')).toBe(3900);
  });

  it('keeps descriptions as they are, whatever they hold', () => {
    const described = new Set(snapshot.plugins.map((plugin) => plugin.versions[0]?.manifest.description));
    expect([...described].toSorted()).toEqual(TEXTS.toSorted());
  });

  it('has an archive for each version that is what its record says', async () => {
    const reading = await readIndex({ folder });
    for (const { manifest, dist } of snapshot.plugins.slice(0, 6).flatMap((plugin) => plugin.versions)) {
      const bytes = await reading.readArchive(dist.integrity);
      const { files } = await readArchive(verifyArchive(bytes, dist.integrity, manifest.name));
      const text = Buffer.from(files.get('ar-plugin.yaml')?.bytes ?? []).toString('utf8');
      expect(parseManifest(text, 'ar-plugin.yaml').manifest).toEqual(manifest);
    }
  });

  it('is committed as it lies there', async () => {
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: folder, encoding: 'utf8' })).toBe('');
    const { plugins } = await snapshotOf(folder);
    const inGit = await readIndex({ repository: folder, revision: commit });
    const assembled = assembleSnapshot(inGit.files);
    expect(assembled.ok && assembled.snapshot.plugins).toEqual(plugins);
  });

  it('is the same again, and another one for another seed', async () => {
    expect((await made(40)).commit).toBe(commit);
    expect((await made(40, 'other')).commit).not.toBe(commit);
  });

  it('holds the same plugins where it is smaller', async () => {
    const smaller = await snapshotOf((await made(10)).folder);
    const names = new Set(smaller.plugins.map(({ name }) => name));
    expect(smaller.plugins).toEqual(snapshot.plugins.filter(({ name }) => names.has(name)));
  });
});

it('gives what no plugin may be called another name', async () => {
  const rows = ['@scope/page', '@scope/constructor', '@scope/fine'].map(
    (name) => ROWS[0]?.replace(/^[^\t]+/, name) ?? '',
  );
  const names: string[] = [];
  for await (const { name } of readRows(corpusFile([HEADER, ...rows]), 3)) names.push(name);
  expect(names).toEqual(['@scope/page-plugin', '@scope/constructor-plugin', '@scope/fine']);
});

describe('a corpus', () => {
  it.each([
    ['that is too short', [HEADER, ...ROWS.slice(0, 3)], 'only 3 rows'],
    ['that is empty', [HEADER], 'only 0 rows'],
    ['without a header', ROWS, 'header'],
    ['with a broken row', [HEADER, 'a\tb'], 'Not a row'],
  ])('%s is refused', async (_what, lines, problem) => {
    const reading = async (): Promise<void> => {
      for await (const row of readRows(corpusFile(lines), 5)) expect(row.name).not.toBe('');
    };
    await expect(reading()).rejects.toThrow(problem);
  });
});

describe('versionsOf', () => {
  it.each([
    ['1.2.3', 3, ['1.2.1', '1.2.2', '1.2.3']],
    ['1.0.0-beta.1', 2, ['0.0.0', '1.0.0-beta.1']],
    ['0.0.1', 5, ['0.0.0', '0.0.1']],
    ['20230101000000000001.0.0', 2, ['20230101000000000000.0.0', '20230101000000000001.0.0']],
  ])('of %s, %i at most, is %j', (last, count, versions) => {
    expect(versionsOf(last, count)).toEqual(versions);
  });
});

describe('toYaml', () => {
  it('is read back as what was written', () => {
    const leaf = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean());
    const key = fc.string({ minLength: 1 }).filter((text) => text !== '__proto__');
    const { map } = fc.letrec((tie) => ({
      map: fc.dictionary(key, fc.oneof(leaf, fc.array(leaf), fc.array(tie('map')), tie('map')), { maxKeys: 4 }),
    }));
    fc.assert(
      fc.property(map, (record) => {
        const filled = { schemaVersion: 1, ...(record as object) };
        expect(parse(toYaml(filled), { version: '1.2', schema: 'core' })).toEqual({ ...filled });
      }),
    );
  });
});
