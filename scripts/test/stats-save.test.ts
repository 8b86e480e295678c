/** Saving statistics, against GitHub's double. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createGitHub, type GitHubRepository } from '@ar-registry/io/github';
import { createGitHubDouble, type GitHubDouble } from '@ar-registry/testing/github';
import { beforeEach, describe, expect, it } from 'vitest';
import { saveStats } from '../src/stages/stats/index.ts';
import { INDEX_FILES, testRegistry } from './registry-fixture.ts';

const TOKEN = 'token-of-bot';
const PREFIX = 'registry-index/';

let double: GitHubDouble;
let folder: string;

beforeEach(async () => {
  ({ folder } = await testRegistry());
  double = await createGitHubDouble({
    accounts: [
      { login: 'registry', id: 1, token: 'token-of-registry' },
      { login: 'github-actions[bot]', id: 41_898_282, token: TOKEN },
    ],
    repositories: [{ owner: 'registry', name: 'index', collaborators: { 'github-actions[bot]': 'write' } }],
  });
  await push(Object.fromEntries(Object.entries(INDEX_FILES).map(([path, text]) => [`${PREFIX}${path}`, text])));
  for (const [path, text] of Object.entries(INDEX_FILES)) await put(path, text);
  return async () => {
    await double[Symbol.asyncDispose]();
  };
});

const push = async (files: Readonly<Record<string, string>>): Promise<string> =>
  double.repository('registry/index').commit(files);

async function put(path: string, text: string): Promise<void> {
  const file = join(folder, 'checkout', PREFIX, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

function client(): GitHubRepository {
  const { apiUrl, uploadUrl } = double;
  const signal = new AbortController().signal;
  return createGitHub({ token: TOKEN, apiUrl, uploadUrl, signal, secondMs: 1 }).repository({
    owner: 'registry',
    repo: 'index',
  });
}

const save = async (repository: GitHubRepository = client()): ReturnType<typeof saveStats> =>
  saveStats(
    { index: join(folder, 'checkout'), branch: 'main' },
    { repository, now: new Date('2026-11-22T03:00:00Z'), signal: new AbortController().signal },
  );

const read = async (path: string): Promise<string | undefined> => {
  const bytes = await client().readFile(`${PREFIX}${path}`, 'main');
  return bytes && new TextDecoder().decode(bytes);
};

describe('stats save', () => {
  it('commits what is not there, and nothing the second time', async () => {
    await put('stats/daily/2026-11-20.json', 'first\n');
    await put('stats/github/2026-11-22.json', 'counters\n');
    const { commit, files } = await save();
    expect(files).toEqual(['stats/daily/2026-11-20.json', 'stats/github/2026-11-22.json']);
    expect(await client().branch('main')).toBe(commit);
    expect(await save()).toEqual({ files: [], deleted: [] });
  });

  it('stands on what the branch is by now, and leaves what others wrote', async () => {
    await put('stats/daily/2026-11-20.json', 'mine\n');
    await put('stats/daily/2026-11-21.json', 'mine\n');
    await put('stats/github/2026-11-22.json', 'newer\n');
    await put('registry.yaml', 'schemaVersion: 1\nname: evil\ntitle: Evil\n');
    await push({
      [`${PREFIX}stats/daily/2026-11-20.json`]: 'theirs\n',
      [`${PREFIX}stats/github/2026-11-22.json`]: 'older\n',
      'README.md': 'new\n',
    });
    expect((await save()).files).toEqual(['stats/daily/2026-11-21.json', 'stats/github/2026-11-22.json']);
    expect(await read('stats/daily/2026-11-20.json')).toBe('theirs\n');
    expect(await read('stats/github/2026-11-22.json')).toBe('newer\n');
    expect(await read('registry.yaml')).toBe(INDEX_FILES['registry.yaml']);
  });

  it('tries again where the branch moves meanwhile, and loses nothing', async () => {
    await put('stats/daily/2026-11-20.json', 'mine\n');
    const repository = client();
    let moves = 2;
    const racing: GitHubRepository = {
      ...repository,
      makeCommit: async (commit) => {
        const made = await repository.makeCommit(commit);
        if (moves > 0) await push({ [`${PREFIX}note-${moves}.txt`]: 'merged\n' });
        moves -= 1;
        return made;
      },
    };
    expect((await save(racing)).commit).toBe(await client().branch('main'));
    expect([await read('note-2.txt'), await read('note-1.txt')]).toEqual(['merged\n', 'merged\n']);
    moves = 100;
    await put('stats/daily/2026-11-21.json', 'mine\n');
    await expect(save(racing)).rejects.toMatchObject({ code: 'BASE_MOVED' });
  });

  it('deletes the days of a month that is there, and no others', async () => {
    const days = ['2026-07-30', '2026-07-31', '2026-08-01'].map((day) => [`${PREFIX}stats/daily/${day}.json`, 'x\n']);
    await push(Object.fromEntries(days));
    await put('stats/monthly/2026-07.json', 'month\n');
    expect(await save()).toMatchObject({
      files: ['stats/monthly/2026-07.json'],
      deleted: ['stats/daily/2026-07-30.json', 'stats/daily/2026-07-31.json'],
    });
    expect(await read('stats/daily/2026-08-01.json')).toBe('x\n');
  });

  it('saves nothing where the index is not', async () => {
    await put('stats/daily/2026-11-20.json', 'mine\n');
    const repository = client();
    await expect(save({ ...repository, branch: async () => undefined })).rejects.toMatchObject({
      code: 'REVISION_UNKNOWN',
    });
    const input = { index: join(folder, 'checkout', PREFIX), branch: 'main' };
    const ports = { repository, now: new Date(0), signal: new AbortController().signal };
    await expect(saveStats(input, ports)).rejects.toMatchObject({ code: 'INDEX_UNREADABLE' });
  });
});
