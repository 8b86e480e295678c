/** `ar-registry site` over an index that changes: it renders what changed alone, and ends at the bytes of a full build. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { routes } from '@ar-registry/core/layout';
import type { SiteOutput, StatsPluginDocument } from '@ar-registry/schemas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipeline, ROOT } from './support/fixture.ts';

const BASE = 'https://registry.example.com';
let folder: string;
const at = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'ar-rebuild-'));
  cpSync(path.join(ROOT, 'registry-index'), at('index'), { recursive: true });
  writeReview('@ar/rbac-policy', 5);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function writeReview(name: string, stars: number): void {
  mkdirSync(at(`index/reviews/${name}`), { recursive: true });
  const record = {
    schemaVersion: 1,
    stars,
    version: readdirSync(at(`index/plugins/${name}/versions`))[0]?.replace(/\.yaml$/, ''),
    author: { login: 'reviewer', id: 4242 },
    text: '2 < 3 & "so" on',
    writtenAt: '2026-03-01T12:00:00Z',
  };
  // JSON is YAML.
  writeFileSync(at(`index/reviews/${name}/reviewer.yaml`), JSON.stringify(record));
}

const plugin = (name: string): string => at(`index/plugins/${name}`);
const read = (file: string): string => readFileSync(at(file), 'utf8');

async function build(): Promise<void> {
  await pipeline('build', '--index', at('index'), '--out', at('api'), '--base-url', BASE);
}

async function render(out: string, ...more: readonly string[]): Promise<SiteOutput> {
  const args = ['site', '--api', at('api'), '--out', at(out), '--base-url', BASE, '--json', ...more];
  return JSON.parse(await pipeline(...args)) as SiteOutput;
}

/** File → hash of its bytes, of everything that somebody could ask for. */
function hashes(out: string): Readonly<Record<string, string>> {
  const files = readdirSync(at(out), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => path.relative(at(out), path.join(entry.parentPath, entry.name)))
      .filter((file) => !file.startsWith('.ar-site'))
      .toSorted()
      .map((file) => [
        file,
        createHash('sha256')
          .update(readFileSync(path.join(at(out), file)))
          .digest('hex'),
      ]),
  );
}

describe('a rebuild', { timeout: 240_000 }, () => {
  it('after one plugin was added, one changed, one removed and one first downloaded has the bytes of a full build', async () => {
    cpSync(plugin('@ar/webhook-bridge'), at('later'), { recursive: true });
    rmSync(plugin('@ar/webhook-bridge'), { recursive: true });
    await build();
    const first = await render('kept');
    expect(existsSync(at('kept/plugins/@ar/postgres-storage/index.html'))).toBe(true);

    cpSync(at('later'), plugin('@ar/webhook-bridge'), { recursive: true });
    rmSync(plugin('@ar/postgres-storage'), { recursive: true });
    writeFileSync(
      path.join(plugin('@ar/audit-logger'), 'status.yaml'),
      `${readFileSync(path.join(plugin('@ar/audit-logger'), 'status.yaml'), 'utf8')}deprecated: { 1.0.0: 'Use 1.1.0.' }\n`,
    );
    await build();
    writeDownloads('@ar/rbac-policy');
    setCommit('0123456789abcdef0123456789abcdef01234567');
    const readme = 'api/api/v1/plugins/@ar/webhook-bridge/readme.html';
    writeFileSync(at(readme), `${read(readme)}<p><img src="readme-images/a.png" alt="A" width="1" height="1"></p>`);
    const second = await render('kept');
    expect(second.rendered).toBeLessThan(first.rendered + 20);
    await render('whole', '--full');
    expect(hashes('kept')).toEqual(hashes('whole'));
    for (const gone of ['plugins/@ar/postgres-storage', 'og/@ar/postgres-storage.png'])
      expect(existsSync(at(`kept/${gone}`))).toBe(false);
    expect(read('kept/plugins/@ar/audit-logger/index.html').includes('Use 1.1.0.')).toBe(true);
    expect(read('kept/plugins/@ar/rbac-policy/index.html').includes('1,234')).toBe(true);
    expect(read('kept/plugins/@ar/webhook-bridge/index.html')).toContain(
      '<img src="/api/v1/plugins/@ar/webhook-bridge/readme-images/a.png" alt="A"',
    );
  });

  it('shows ratings, and reviews as the text that they are', () => {
    const html = read('kept/plugins/@ar/rbac-policy/index.html');
    expect([html.includes('2 &lt; 3 &amp;'), html.includes('Rated by 1 account')]).toEqual([true, true]);
  });

  it('after nothing renders nothing, and after one review what shows it', async () => {
    expect(await render('kept')).toMatchObject({ rendered: 0, deleted: 0 });
    writeReview('@ar/audit-logger', 1);
    await build();
    writeDownloads('@ar/rbac-policy');
    await render('kept');
    expect(read('kept/plugins/@ar/audit-logger/index.html').includes('Rated by 1 account')).toBe(true);
    await render('whole', '--full');
    expect(hashes('kept')).toEqual(hashes('whole'));
  });

  it('keeps files of others, also beside its own', async () => {
    writeFileSync(at('kept/plugins/CNAME'), 'registry.example.com');
    await render('kept', '--full');
    expect(read('kept/plugins/CNAME')).toBe('registry.example.com');
  });
});

function log(...lines: readonly string[]): void {
  appendFileSync(at('api/.ar-files.log'), lines.map((line) => `${line}\n`).join(''));
}

function edit(route: string, change: (text: string) => string): void {
  writeFileSync(at('new'), change(read(`api/${route}`)));
  renameSync(at('new'), at(`api/${route}`));
}

async function expectWhole(): Promise<void> {
  await render('sharded-whole', '--full');
  expect(hashes('sharded')).toEqual(hashes('sharded-whole'));
}

describe('a rebuild of a registry whose search is in shards', { timeout: 240_000 }, () => {
  const NAME = '@ar/audit-logger';
  const [DOCUMENT, LIST] = [routes.plugin(NAME), routes.pluginsPage(1)];
  /** In its document and in the list, as a build would. */
  const describeAs = (words: string): void => {
    const { description } = JSON.parse(read(`api/${DOCUMENT}`)) as { readonly description: string };
    for (const route of [DOCUMENT, LIST])
      edit(route, (text) => text.replace(JSON.stringify(description), JSON.stringify(words)));
    log(`+${LIST}`, `+${DOCUMENT}`);
  };
  const page = (): string => read(`sharded/plugins/${NAME}/index.html`);

  it('renders what is in the log of the API', async () => {
    await build();
    edit(routes.config, (text) =>
      text.replace(/"format":"compact","entries":\d+/, '"format":"sharded","entries":10000'),
    );
    await render('sharded');
    describeAs('Says something else now');
    const { rendered } = await render('sharded');
    expect(page()).toContain('Says something else now');
    // Its pages, and one of each list that it is in.
    expect(rendered).toBeLessThan(20);
    await expectWhole();
  });

  it('goes by the log, and looks at every document when it is asked to', async () => {
    edit(routes.readmeHtml(NAME), (text) => `${text}<p>By hand</p>`);
    expect(await render('sharded')).toMatchObject({ rendered: 0 });
    expect(page()).not.toContain('By hand');
    await render('sharded', '--verify');
    expect(page()).toContain('By hand');
    await expectWhole();
  });

  it('makes again what a build that was stopped had begun to lay, also where the change is taken back', async () => {
    const before = page();
    const words = 'Says something else now';
    describeAs('Half of it');
    log(`+${LIST}`);
    const blocked = at('sharded/types/hook/index.html');
    rmSync(blocked);
    mkdirSync(path.join(blocked, 'in-the-way'), { recursive: true });
    await expect(render('sharded')).rejects.toMatchObject({
      stdout: expect.stringContaining('SITE_FAILED') as string,
    });
    expect(page()).toContain('Half of it');
    rmSync(blocked, { recursive: true });
    describeAs(words);
    await render('sharded');
    expect(page()).toBe(before);
    await expectWhole();
  });

  it('renders everything where a part of what it kept is damaged', async () => {
    for (const each of readdirSync(at('sharded/.ar-site'))) writeFileSync(at(`sharded/.ar-site/${each}`), '{}');
    describeAs('After the damage');
    await render('sharded');
    expect(page()).toContain('After the damage');
    await expectWhole();
    expect(await render('sharded')).toMatchObject({ rendered: 0, deleted: 0 });
  });
});

const run = (...args: readonly string[]): Promise<{ readonly code?: number; readonly stderr: string }> =>
  promisify(execFile)(process.execPath, [
    '--conditions=ar-source',
    path.join(ROOT, 'scripts/src/main.ts'),
    'site',
    ...args,
  ]).catch((error: unknown) => error as { readonly code: number; readonly stderr: string });

describe('ar-registry site', () => {
  it('says which document is not what its schema says, and leaves the pages that are there', async () => {
    const before = hashes('kept');
    const file = at('api/api/v1/plugins/@ar/rbac-policy.json');
    const good = readFileSync(file);
    writeFileSync(file, '{"schemaVersion":1}\n');
    const { code, stderr } = await run('--api', at('api'), '--out', at('kept'), '--base-url', BASE, '--verify');
    writeFileSync(file, good);
    expect([code, stderr.includes('SITE_FAILED'), stderr.includes('rbac-policy.json')]).toEqual([1, true, true]);
    expect(hashes('kept')).toEqual(before);
  });

  it('refuses a folder that is no built API, and an address that is none', async () => {
    const nowhere = await run('--api', at('index'), '--base-url', BASE);
    expect(nowhere.stderr).toContain('FILE_NOT_FOUND');
    for (const address of ['registry.example.com', 'ftp://x', 'https://x/?a=b', 'javascript:alert(1)'])
      expect((await run('--api', at('api'), '--base-url', address)).code).toBe(2);
  });
});

/** As that of an index in git: another one after each change. */
function setCommit(commit: string): void {
  const file = at('api/api/v1/status.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), commit }));
}

describe('a build that is ended', () => {
  const parent = path.join(ROOT, 'site/.astro/work');
  const program = path.join(ROOT, 'site/src/build/main.ts');

  it('takes what it had begun with it, and clears up after one that was killed, not after one that runs', async () => {
    const killed = spawn(process.execPath, ['-e', '']);
    await once(killed, 'exit');
    const [left, running] = [killed.pid, process.pid].map((id) =>
      path.join(parent, `build-${os.hostname()}-${id}-abcdef`),
    ) as [string, string];
    for (const each of [left, running]) mkdirSync(each, { recursive: true });
    const args = ['--conditions=ar-source', program, '--api', at('api'), '--out', at('ended'), '--base-url', BASE];
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    const exited = once(child, 'exit');
    const own = await folderOf(child, parent);
    child.kill('SIGINT');
    const [code] = await exited;
    const there = [left, running, path.join(parent, own)].map((each) => existsSync(each));
    rmSync(running, { recursive: true });
    expect([code, there]).toEqual([130, [false, true, false]]);
    expect(existsSync(at('ended'))).toBe(false);
  });
});

/** The folder that this process makes below `parent`. */
async function folderOf(child: ChildProcess, parent: string): Promise<string> {
  const find = (): string | undefined => readdirSync(parent).find((name) => name.includes(`-${child.pid}-`));
  const { promise, resolve } = Promise.withResolvers<string>();
  const look = (): void => {
    const found = find();
    if (found !== undefined) resolve(found);
  };
  const watcher = watch(parent, look);
  look();
  return promise.finally(() => watcher.close());
}

function writeDownloads(name: string): void {
  const document: StatsPluginDocument = {
    schemaVersion: 1,
    name,
    total: 1234,
    lastWeek: 12,
    last30Days: 34,
    last90Days: 99,
    ci: 0,
    daily: { '2026-03-01': 3, '2026-03-02': 4 },
    versions: {},
  };
  mkdirSync(path.dirname(at(`api/api/v1/stats/plugins/${name}.json`)), { recursive: true });
  writeFileSync(at(`api/api/v1/stats/plugins/${name}.json`), JSON.stringify(document));
}
