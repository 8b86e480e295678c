import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BroadcastChannel } from 'node:worker_threads';
import { routes } from '@ar-registry/core/layout';
import { describe, expect, it } from 'vitest';
import { build } from '../src/stages/build/index.ts';
import { INDEX_FILES, testRegistry, type Files } from './registry-fixture.ts';

const NAMES = ['@acme/audit', '@acme/chat', '@acme/fax', '@acme/mail', '@acme/notes', '@ar/slack-bridge'] as const;
/** More parts than threads. */
const THREADS = { threads: 2, size: 2 } as const;

interface Sample {
  readonly folder: string;
  readonly source: { readonly folder: string };
  readonly out: string;
  readonly files: Map<string, Uint8Array | string>;
}

/** An index of six plugins, with an advisory about one of them and one about none. */
async function sample(): Promise<Sample> {
  const registry = await testRegistry();
  const files = new Map<string, Uint8Array | string>(Object.entries(INDEX_FILES));
  for (const name of NAMES)
    for (const version of ['1.0.0', '1.1.0'])
      for (const [path, content] of await registry.submission(name, version)) files.set(path, content);
  const folder = join(registry.folder, 'index');
  await write(folder, files);
  return { folder: registry.folder, source: { folder }, out: join(registry.folder, 'out'), files };
}

async function write(folder: string, files: Files): Promise<void> {
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** Path → content of everything in a folder, dotfiles too. */
async function contentOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = paths
    .toSorted()
    .map(async (path) => [path.slice(folder.length), await readFile(path, 'latin1')] as const);
  return new Map(await Promise.all(read));
}

const served = ([path]: readonly [string, string]): boolean => !path.startsWith('/.ar-');

/** Of a thread in the place of one that builds: it ends when it is told to, and does nothing else unless told how. */
const PROGRAM = (how: string): string => `
  import { BroadcastChannel, parentPort } from 'node:worker_threads';
  parentPort.on('message', ({ kind }) => {
    if (kind === 'end') return parentPort.close();
    const channel = new BroadcastChannel('at work');
    channel.postMessage('');
    channel.close();
    ${how}
  });
`;

interface Replaced {
  /** What its threads do that are given something to do. */
  readonly how: string;
  /** Whether it is stopped then. */
  readonly isStopped: boolean;
}

/** How a build ends with such threads. */
async function buildBy({ how, isStopped }: Replaced, { folder, source, out }: Sample): Promise<unknown> {
  const program = join(folder, 'thread.mjs');
  await writeFile(program, PROGRAM(how));
  const controller = new AbortController();
  const channel = new BroadcastChannel('at work');
  channel.addEventListener('message', () => {
    if (isStopped) controller.abort();
  });
  try {
    const parts = { ...THREADS, program: pathToFileURL(program) };
    return await build({ source, out, parts }, { signal: controller.signal });
  } catch (error) {
    return error;
  } finally {
    channel.close();
  }
}

describe('a build in threads', () => {
  it('gives the same bytes and tells of the same mistakes as without any, new and over what is there', async () => {
    const { folder, source, out, files } = await sample();
    const edit = (path: string, change: (text: string) => string): Promise<void> =>
      writeFile(join(source.folder, path), change(String(files.get(path))));
    await edit('plugins/@acme/chat/versions/1.1.0.yaml', (text) => `${text}nonsense: 1\n`);
    await edit('plugins/@acme/fax/plugin.yaml', () => 'name: [');
    await edit('plugins/@acme/mail/status.yaml', (text) => text.replace('1.1.0', '9.9.9'));
    await write(source.folder, new Map([['plugins/@acme/notes/evil.sh', 'x']]));
    const baseUrl = 'https://registry.example.com';
    const others = join(folder, 'others');
    const outcome = await build({ source, out, baseUrl });
    expect(await build({ source, out: others, baseUrl, parts: THREADS })).toEqual(outcome);
    expect(outcome.findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['UNKNOWN_KEY', 'YAML_SYNTAX', 'DIST_TAG_UNKNOWN_VERSION', 'PATH_NOT_ALLOWED']),
    );
    expect(outcome.findings.find(({ code }) => code === 'UNKNOWN_KEY')?.at.line).toBeGreaterThan(10);
    expect(await contentOf(others)).toEqual(await contentOf(out));

    await edit('plugins/@acme/fax/plugin.yaml', (text) => text);
    await rm(join(source.folder, 'plugins/@acme/audit'), { recursive: true });
    const changed = await build({ source, out, baseUrl });
    expect(await build({ source, out: others, baseUrl, parts: THREADS })).toEqual(changed);
    expect(await contentOf(others)).toEqual(await contentOf(out));
  });

  it('ends with the error that one of them met, and publishes no root', async () => {
    const { source, out } = await sample();
    await write(out, new Map([['.ar-build.json', '{"complete":true,"files":[]}']]));
    await mkdir(join(out, routes.plugin('@acme/mail')), { recursive: true });
    const path = expect.stringContaining('mail');
    await expect(build({ source, out, parts: THREADS })).rejects.toMatchObject({
      code: 'FILE_ACCESS',
      facts: { path },
    });
    expect(await readdir(join(out, 'api/v1'))).not.toContain('config.json');
  });

  it.each([
    ['waits', ''],
    ['never ends', 'for (;;);'],
  ])('is stopped when it is told to, with the old output as it was, also where one %s', async (_what, how) => {
    const given = await sample();
    const { source, out } = given;
    await build({ source, out });
    const before = await contentOf(out);
    expect(await buildBy({ how, isStopped: true }, given)).toMatchObject({ name: 'AbortError' });
    expect([...(await contentOf(out))].filter(served)).toEqual([...before].filter(served));
    await build({ source, out });
    expect(await contentOf(out)).toEqual(before);
  });

  it.each([
    ['ends', 'process.exit(3);', { message: expect.stringContaining('3') }],
    ['throws', 'throw new RangeError();', { name: 'RangeError' }],
  ])('fails, and does not wait for ever, where one %s', async (_what, how, error) => {
    const failed = await buildBy({ how, isStopped: false }, await sample());
    expect(failed).toBeInstanceOf(Error);
    expect(failed).toMatchObject(error);
  });
});
