/** Deployments to a folder, to a branch, and to a server with the API of S3. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { hasCode } from '@ar-registry/core/errors';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runProgram } from '../src/program.ts';
import type { Hold, Place } from '../src/stages/deploy/types.ts';
import {
  SITE,
  contentOf,
  deployFixture,
  namesAt,
  writeFiles,
  type DeployFixture,
  type Wishes,
} from './deploy-fixture.ts';
import { CLOCK } from './registry-fixture.ts';

const run = promisify(execFile);
const CREDENTIALS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
const SERVED = Object.keys(SITE);

let fixture: DeployFixture;
let folder: string;
let site: string;

beforeEach(() => {
  fixture = deployFixture();
  ({ folder, site } = fixture);
});

const build: DeployFixture['build'] = (files, gone) => fixture.build(files, gone);
const remove = (name: string): void => build({}, [name]);
const open: DeployFixture['open'] = (to, more) => fixture.open(to, more);
const deployTo: DeployFixture['deployTo'] = (place, wishes) => fixture.deployTo(place, wishes);

/** Every kind of place, and how to read what it serves. */
interface Kind {
  readonly to: string;
  readonly endpoint?: string;
  readonly read: (name: string) => Promise<string | undefined>;
  readonly names: () => Promise<readonly string[]>;
}

async function folderKind(): Promise<Kind> {
  const to = path.join(folder, 'served');
  const names = async (): Promise<readonly string[]> =>
    fs
      .readdirSync(to, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(to, path.join(entry.parentPath, entry.name)))
      // Where it keeps who deploys.
      .filter((name) => !name.startsWith('.ar-deploy/'));
  const read = async (name: string): Promise<string | undefined> =>
    fs.existsSync(path.join(to, name)) ? fs.readFileSync(path.join(to, name), 'utf8') : undefined;
  return { to, names, read };
}

async function gitKind(): Promise<Kind> {
  const bare = path.join(folder, 'remote.git');
  await run('git', ['init', '--quiet', '--bare', bare]);
  const git = async (...args: readonly string[]): Promise<string> =>
    (await run('git', ['--git-dir', bare, ...args])).stdout;
  return {
    to: `git:file://${bare}#gh-pages`,
    names: async () => {
      const all = (await git('ls-tree', '-r', '--name-only', 'gh-pages')).trim().split('\n');
      return all.filter((name) => name !== '.nojekyll');
    },
    read: (name) => git('show', `gh-pages:${name}`).catch(() => undefined),
  };
}

async function s3Kind(): Promise<Kind> {
  const tests = path.resolve(import.meta.dirname, '../../tools/test-dependencies/package.json');
  const S3rver = createRequire(tests)('s3rver') as new (options: object) => {
    run(): Promise<{ port: number }>;
    close(): Promise<void>;
  };
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    directory: path.join(folder, 's3'),
    silent: true,
    configureBuckets: [{ name: 'registry' }],
  });
  const { port } = await server.run();
  onTestFinished(() => server.close());
  const endpoint = `http://127.0.0.1:${port}`;
  [process.env['AWS_ACCESS_KEY_ID'], process.env['AWS_SECRET_ACCESS_KEY']] = ['S3RVER', 'S3RVER'];
  onTestFinished(() => {
    delete process.env['AWS_ACCESS_KEY_ID'];
    delete process.env['AWS_SECRET_ACCESS_KEY'];
  });
  const to = 's3://registry/public';
  return {
    to,
    endpoint,
    names: async () => namesAt(await open(to, { endpoint })),
    read: async (name) => {
      const client = new S3Client({ endpoint, region: 'us-east-1', credentials: CREDENTIALS, forcePathStyle: true });
      const answer = await client
        .send(new GetObjectCommand({ Bucket: 'registry', Key: `public/${name}` }))
        .catch(() => undefined);
      return answer?.Body?.transformToString();
    },
  };
}

describe.each([
  ['a folder', folderKind],
  ['a branch', gitKind],
  ['a bucket', s3Kind],
])('%s', (_, makeKind) => {
  it('gets all the first time, then only what differs, and loses what is gone', async () => {
    const { to, endpoint, names, read } = await makeKind();
    const again = (wishes?: Wishes) =>
      open(to, endpoint === undefined ? {} : { endpoint }).then((place) => deployTo(place, wishes));
    expect(await again({ dryRun: true })).toMatchObject({ put: SERVED.toSorted(), removed: [], unchanged: 0 });
    expect(await again()).toMatchObject({ put: SERVED.toSorted(), removed: [] });
    expect((await names()).toSorted()).toEqual(SERVED.toSorted());
    expect(await again()).toMatchObject({ put: [], removed: [], unchanged: SERVED.length });

    // As long as before, so that it takes the content to tell.
    build({ 'api/v1/config.json': '{"name":"TEST"}', 'api/v1/tags.json': '[]' });
    remove('badge/@acme/hello/version.svg');
    remove('plugins/@acme/hello/index.html');
    build({ 'plugins/index.html': 'all' });
    expect(await again()).toMatchObject({
      put: ['api/v1/config.json', 'api/v1/tags.json', 'plugins/index.html'],
      removed: ['badge/@acme/hello/version.svg', 'plugins/@acme/hello/index.html'],
    });
    expect(await read('api/v1/config.json')).toBe('{"name":"TEST"}');
    expect(await read('plugins/@acme/hello/index.html')).toBeUndefined();
    expect(await again()).toMatchObject({ put: [], removed: [] });
  });

  it('loses nothing where most of it would go', async () => {
    const { to, endpoint, names } = await makeKind();
    const more = endpoint === undefined ? {} : { endpoint };
    const many = Array.from({ length: 30 }, (__, index) => `api/v1/plugins/@acme/p-${index}.json`);
    build(Object.fromEntries(many.map((name) => [name, '{}'])));
    await deployTo(await open(to, more));
    build({}, many);
    const shrunk = deployTo(await open(to, more));
    await expect(shrunk).rejects.toSatisfy((error) => hasCode(error, 'DEPLOY_SHRINKS'));
    expect(await names()).toHaveLength(SERVED.length + many.length);
    expect(await deployTo(await open(to, more), { mayShrink: true })).toMatchObject({ removed: many.toSorted() });
    expect(await names()).toHaveLength(SERVED.length);
  });
});

const moving = (error: unknown): boolean => hasCode(error, 'DEPLOY_MOVING');

describe('of a site that is written while it is deployed', () => {
  const NEWER = '{"versions":["1.0.0","1.1.0"]}';

  it.each([
    ['a document changes', () => build({ 'api/v1/plugins/@acme/hello.json': NEWER })],
    ['a document comes', () => build({ 'api/v1/plugins/@acme/more.json': '{}' })],
    ['a document goes', () => remove('badge/@acme/hello/version.svg')],
  ])('puts nothing that leads to the rest, and the next run goes on: %s', async (_, change) => {
    build(Object.fromEntries(Array.from({ length: 20 }, (__, at) => [`api/v1/plugins/@acme/p-${at}.json`, '{}'])));
    const place = await open('served');
    let count = 0;
    const watched: Place = {
      ...place,
      put: async (file) => {
        await place.put(file);
        if ((count += 1) === 4) change();
      },
    };
    await expect(deployTo(watched)).rejects.toSatisfy(moving);
    const there = await namesAt(place);
    expect(there.filter((name) => /config|trust/.test(name))).toEqual([]);
    expect(there.length).toBeGreaterThan(20);
    await deployTo(place);
    expect(contentOf(path.join(folder, 'served'))).toEqual(contentOf(site));
  });

  it('pushes no branch, whose files are read at the end', async () => {
    const { to, names } = await gitKind();
    const place = await open(to);
    const late: Place = {
      ...place,
      hold: (head, work) =>
        place.hold(head, (hold) => {
          const finish: Hold['finish'] = (assertStill) =>
            hold.finish(async () => {
              build({ 'api/v1/plugins/@acme/hello.json': NEWER });
              await assertStill();
            });
          return work({ ...hold, finish });
        }),
    };
    await expect(deployTo(late)).rejects.toSatisfy(moving);
    await expect(names()).rejects.toThrow('gh-pages');
  });

  it.each([
    ['longer', '{"versions":["1.0.0","1.1.0","1.2.0"]}'],
    ['shorter', '{}'],
  ])('puts a file into a bucket as a whole that is %s than it was when it was listed', async (_, text) => {
    const { to, endpoint = '', read } = await s3Kind();
    const name = 'api/v1/plugins/@acme/hello.json';
    build({ [name]: text });
    await (await open(to, { endpoint })).put({ path: name, folder: site, size: 22, modifiedMs: 0, inode: 0 });
    expect(await read(name)).toBe(text);
  });
});

it('puts what is pinned before what pins it, and deletes last', async () => {
  const place = await open('served');
  build({ 'sitemap.xml/part': '' });
  await deployTo(place);
  remove('sitemap.xml/part');
  build({
    ...Object.fromEntries(Object.entries(SITE).map(([name, text]) => [name, `${text} `])),
    'api/v1/plugins/@acme/hello/1.1.0.json': '{}',
    'api/v1/changes/head.json': '{}',
  });
  remove('plugins/@acme/hello/index.html');
  build({ 'plugins/index.html': '', 'sitemap.xml': '' });
  const done: string[] = [];
  const watched: Place = {
    ...place,
    put: async (file) => {
      await place.put(file);
      done.push(file.path);
    },
    remove: async (name) => {
      await place.remove(name);
      done.push(`- ${name}`);
    },
  };
  await deployTo(watched);
  const at = (name: string): number => done.indexOf(name);
  const chain = [
    'api/v1/plugins/@acme/hello/1.1.0.json',
    'api/v1/plugins/@acme/hello.json',
    // What it stands in the way of comes now.
    '- sitemap.xml/part',
    'sitemap.xml',
    'api/v1/trust/1.snapshot.json',
    'api/v1/trust/timestamp.json',
    '- plugins/@acme/hello/index.html',
  ];
  expect(chain.map(at)).toEqual(chain.map(at).toSorted((a, b) => a - b));
  expect(chain.map(at)).not.toContain(-1);
  // What says which documents there are now comes after them.
  expect(at('api/v1/config.json')).toBeGreaterThan(at('api/v1/plugins/@acme/hello.json'));
  expect(at('api/v1/changes/head.json')).toBeGreaterThan(at('api/v1/plugins/@acme/hello.json'));
});

it.each([
  ['a folder', folderKind],
  ['a branch', gitKind],
])('%s gets a file where there was a folder, and a folder where there was a file', async (_, makeKind) => {
  const { to, names, read } = await makeKind();
  const again = (wishes?: Wishes) => open(to).then((place) => deployTo(place, wishes));
  const before = { 'docs/one': 'a file', 'docs/two/deep/page': 'below' };
  const after = { 'docs/one/page': 'below', 'docs/two': 'a file' };
  const replace = (gone: object, fresh: Readonly<Record<string, string>>): void => {
    for (const name of Object.keys(gone)) remove(name);
    build(fresh);
  };
  build(before);
  await again();
  for (const verify of [false, true]) {
    replace(before, after);
    expect(await again({ verify })).toMatchObject({
      put: Object.keys(after).toSorted(),
      removed: Object.keys(before).toSorted(),
    });
    expect((await names()).toSorted()).toEqual([...SERVED, ...Object.keys(after)].toSorted());
    expect([await read('docs/one/page'), await read('docs/two')]).toEqual(['below', 'a file']);
    replace(after, before);
    await again({ verify });
    expect((await names()).toSorted()).toEqual([...SERVED, ...Object.keys(before)].toSorted());
  }
});

it('goes on where a run was cut off, before a client could see half of it', async () => {
  const place = await open('served');
  let count = 0;
  const broken: Place = {
    ...place,
    put: async (file) => {
      if ((count += 1) > 3) throw new Error('cut off');
      await place.put(file);
    },
  };
  await expect(deployTo(broken)).rejects.toThrow('cut off');
  expect(fs.existsSync(path.join(folder, 'served/api/v1/config.json'))).toBe(false);
  expect((await deployTo(await open('served'))).put).toHaveLength(SERVED.length - 3);
});

it('does not touch what is not a registry', async () => {
  writeFiles(path.join(folder, 'home'), { 'plugins/mine.txt': 'dear', 'index.php': '' });
  const refused = deployTo(await open('home'));
  await expect(refused).rejects.toSatisfy((error) => hasCode(error, 'DEPLOY_FOREIGN'));
  expect(fs.readdirSync(path.join(folder, 'home')).toSorted()).toEqual(['index.php', 'plugins']);
  expect(fs.existsSync(path.join(folder, 'served'))).toBe(false);
  fs.rmSync(path.join(site, 'api/v1/config.json'));
  await expect(deployTo(await open('served'))).rejects.toSatisfy((error) => hasCode(error, 'FILE_INVALID'));
});

it.each(['site', 'site/below', './site/../site', 'link', 'link/below'])(
  'refuses a place within the site: %s',
  async (to) => {
    fs.symlinkSync('site', path.join(folder, 'link'));
    const printed: string[] = [];
    const [print, { signal }] = [(text: string) => void printed.push(text), new AbortController()];
    const context = { cwd: folder, clock: CLOCK, env: {}, signal };
    const exitCode = await runProgram(['deploy', '--site', 'site', '--to', to], context, {
      stdout: print,
      stderr: print,
    });
    expect([exitCode, printed.join('')]).toEqual([2, expect.stringContaining('USAGE') as string]);
    expect(fs.existsSync(path.join(site, 'below'))).toBe(false);
  },
);

it('leaves a branch alone that somebody has moved meanwhile', async () => {
  const { to } = await gitKind();
  const [first, second] = [await open(to), await open(to)];
  await deployTo(first);
  build({ 'api/v1/tags.json': '[]' });
  await expect(deployTo(second)).rejects.toSatisfy((error) => hasCode(error, 'PUSH_REJECTED'));
});

it('gives a branch one commit without a history', async () => {
  const { to } = await gitKind();
  await deployTo(await open(to));
  build({ 'api/v1/tags.json': '[]' });
  await deployTo(await open(to));
  const { stdout } = await run('git', [
    '--git-dir',
    path.join(folder, 'remote.git'),
    'log',
    '--format=%an %ad',
    'gh-pages',
  ]);
  expect(stdout.trim().split('\n')).toEqual(['ar-registry Sun Mar 1 00:00:00 2026 +0000']);
});

it('says in a bucket what each file is, and for how long it may be kept', async () => {
  const { to, endpoint = '' } = await s3Kind();
  await deployTo(await open(to, { endpoint }));
  const client = new S3Client({ endpoint, region: 'us-east-1', credentials: CREDENTIALS, forcePathStyle: true });
  const head = async (name: string) =>
    client.send(new HeadObjectCommand({ Bucket: 'registry', Key: `public/${name}` }));
  expect(await head('api/v1/plugins/@acme/hello/1.0.0/download')).toMatchObject({
    ContentType: 'application/gzip',
    CacheControl: 'public, max-age=31536000, immutable',
    ContentDisposition: 'attachment; filename="acme-hello-1.0.0.tgz"',
  });
  expect(await head('api/v1/config.json')).toMatchObject({ CacheControl: 'no-cache' });
});

it('tells of a bucket that cannot be reached or is not there', async () => {
  const { endpoint = '' } = await s3Kind();
  const missing = open('s3://nowhere', { endpoint }).then((place) => deployTo(place));
  await expect(missing).rejects.toSatisfy((error) => hasCode(error, 'DEPLOY_FAILED'));
});

it.each(['s3://', 's3://UPPER/x', 's3://a/b?c', 'git:', 'git:file:///x', 'git:file:///x#', 'git:file:///x#..'])(
  'refuses %s as a place',
  async (to) => {
    await expect(open(to)).rejects.toSatisfy((error) => hasCode(error, 'USAGE'));
  },
);
