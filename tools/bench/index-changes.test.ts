import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assembleSnapshot, type Snapshot } from '@ar-registry/core/snapshot';
import { readIndex } from '@ar-registry/io/index-store';
import { expect, it, onTestFinished } from 'vitest';
import type { CorpusRow } from '../corpus/rows.ts';
import { writeRegistry } from '../corpus/write-registry.ts';
import { changesOf, withoutChanges } from './index-changes.ts';

const SPARED = '@scope/spared';
/** As long as a name may be. */
const LONG = `@scope/${'long-'.repeat(13)}`.slice(0, 69);

async function* rows(): AsyncGenerator<CorpusRow> {
  for (const name of [SPARED, LONG, '@scope/other'])
    yield { name, version: '1.2.3', downloads: 1, type: 'hook', category: 'ai', tags: [], description: 'It is.' };
}

async function snapshotOf(folder: string): Promise<Snapshot> {
  const reading = await readIndex({ repository: folder, revision: 'main' });
  const assembled = assembleSnapshot(reading.files);
  expect([...reading.findings, ...assembled.findings]).toEqual([]);
  if (!assembled.ok) throw new Error('no snapshot');
  return assembled.snapshot;
}

function versions({ plugins }: Snapshot): number {
  return plugins.flatMap((plugin) => plugin.versions).length;
}

it('changes are commits that the rules allow, never of what is spared, and can be taken back', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ar-index-changes-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  const { commit } = await writeRegistry(rows(), { folder, seed: 'changes' });
  const before = await snapshotOf(folder);
  const changes = changesOf(folder, new Set([SPARED]));
  for (let time = 0; time < 6; time += 1) {
    changes.newVersion();
    changes.newPlugin();
  }
  const after = await snapshotOf(folder);
  const commits = execFileSync('git', ['rev-list', '--count', 'HEAD'], { cwd: folder, encoding: 'utf8' });
  expect(Number(commits)).toBe(13);
  expect(after.plugins).toHaveLength(before.plugins.length + 6);
  const spared = (snapshot: Snapshot) => snapshot.plugins.find(({ name }) => name === SPARED);
  expect(spared(after)).toEqual(spared(before));
  expect(versions(after)).toBe(versions(before) + 12);
  withoutChanges(folder, commit);
  expect(await snapshotOf(folder)).toEqual(before);
});
