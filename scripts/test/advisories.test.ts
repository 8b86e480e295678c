/** `ar-registry advisories draft`: what became vulnerable after it was published, from the scan to the reviewer. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAdvisoryRecord } from '@ar-registry/core/record';
import { stringifyRecord } from '@ar-registry/core/yaml';
import type { AdvisoriesDraftOutput, AdvisoryRecord, OsvRecord } from '@ar-registry/schemas';
import { validator as isOutput } from '@ar-registry/schemas/validators/cli/advisories-draft';
import { createGitHubDouble, type GitHubDouble } from '@ar-registry/testing/github';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runProgram } from '../src/program.ts';
import { lockOf, serveNpmPackage } from './npm-fixture.ts';
import { CLOCK, INDEX_FILES, testRegistry, type TestRegistry } from './registry-fixture.ts';
import { zipOf } from './support/zip.ts';

const PREFIX = 'registry-index/';
const NAME = '@acme/audit';
const BRANCH = 'advisories/drafts';
const BOT = 'github-actions[bot]';
const { signal } = new AbortController();

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
}

interface Scanned {
  readonly registry: TestRegistry;
  /** The files of the index, from the top of the repository. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly run: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Ended>;
  /** A night: the database has these, and all versions are checked again. */
  scan(...ids: readonly string[]): Promise<void>;
}

/** A registry with a plugin that is locked with version 1.2.0 of `templates`. */
async function scanned(): Promise<Scanned> {
  const templates = await serveNpmPackage({ name: 'templates', version: '1.2.0' }, { 'index.js': 'exports.x = 1;\n' });
  const dependencies = { templates: '^1.0.0' };
  const registry = await testRegistry(PREFIX);
  const options = { manifest: { dependencies }, files: { 'ar-deps.lock.json': lockOf(templates, dependencies) } };
  const submission = await registry.submission(NAME, '1.0.0', options);
  await registry.commit('first', submission);
  await registry.accept('first');
  const all = [...Object.entries(INDEX_FILES), ...submission];
  const run: Scanned['run'] = async (args, env = {}) => {
    let stdout = '';
    const streams = { stdout: (text: string) => void (stdout += text), stderr: () => undefined };
    const exitCode = await runProgram(args, { cwd: registry.folder, clock: CLOCK, env, signal }, streams);
    return { exitCode, stdout };
  };
  return {
    registry,
    files: Object.fromEntries(all.map(([path, content]) => [`${PREFIX}${path}`, content])),
    run,
    scan: async (...ids) => {
      const records = [vulnerability('GHSA-other', 'something'), ...ids.map((id) => vulnerability(id, 'templates'))];
      await writeFile(join(registry.folder, 'all.zip'), zipOf(records.map(toEntry)));
      for (const args of [
        ['osv', '--from', 'all.zip', '--out', 'scan', '--force'],
        ['reports', '--index', registry.bare, '--osv', 'scan', '--out', 'reports'],
      ])
        expect(await run(args)).toMatchObject({ exitCode: 0 });
    },
  };
}

function vulnerability(id: string, name: string): OsvRecord {
  const range = { type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.3.0' }] };
  const affected = [{ package: { ecosystem: 'npm', name }, ranges: [range] }];
  const summary = 'Runs @everyone | <img src=x onerror=alert(1)>';
  return { id, modified: '2026-05-31T00:00:00Z', summary, affected, database_specific: { severity: 'HIGH' } };
}

function toEntry(record: OsvRecord): { readonly name: string; readonly content: string } {
  return { name: `${record.id}.json`, content: JSON.stringify(record) };
}

async function draft(
  { run, registry }: Scanned,
  more: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<AdvisoriesDraftOutput> {
  const scan = ['--index', registry.bare, '--reports', 'reports', '--osv', 'scan'];
  const { stdout } = await run(['advisories', 'draft', ...scan, ...more, '--json'], env);
  const checked = isOutput(JSON.parse(stdout));
  if (!checked.ok) throw new Error(stdout);
  return checked.value;
}

function recordOf(text: string | undefined): AdvisoryRecord {
  const parsed = parseAdvisoryRecord(text ?? '', 'x.yaml');
  if (!parsed.ok) throw new Error(text);
  return parsed.record;
}

/** As a reviewer does it who has read a draft. */
function approved(text: string | undefined): string {
  const { draft: _read, ...rest } = recordOf(text).database_specific ?? {};
  return stringifyRecord({
    ...recordOf(text),
    summary: 'Runs what messages say. Update templates.',
    database_specific: rest,
  });
}

const at = (id: string): string => `${PREFIX}advisories/${id}.yaml`;

async function startDouble(files: Scanned['files']): Promise<GitHubDouble> {
  const github = await createGitHubDouble({
    accounts: [
      { login: 'registry', id: 100, token: 'token-of-registry' },
      { login: BOT, id: 41_898_282, type: 'Bot' },
    ],
    repositories: [{ owner: 'registry', name: 'index', files: { 'README.md': 'Index\n' } }],
  });
  onTestFinished(() => github[Symbol.asyncDispose]());
  await github.repository('registry/index').commit(files);
  return github;
}

describe('at GitHub', () => {
  it('is one pull request that reviewers decide on, and later scans add to', async () => {
    const night = await scanned();
    const github = await startDouble(night.files);
    const repository = github.repository('registry/index');
    // What the workflow has, and no more.
    const token = github.createToken(BOT, {
      repository: 'registry/index',
      permissions: { contents: 'write', 'pull-requests': 'write' },
    });
    const env = {
      GITHUB_TOKEN: token,
      AR_GITHUB_API: github.apiUrl,
      AR_GITHUB_UPLOADS: github.uploadUrl,
      AR_GITHUB_WEB: github.webUrl,
    };
    const propose = async (): Promise<AdvisoriesDraftOutput> => draft(night, ['--repo', 'registry/index'], env);
    const writes = (): number => github.requests.filter(({ method }) => method !== 'GET').length;

    await night.scan();
    expect(await propose()).toMatchObject({ drafts: [], waiting: [], left: 0, unknown: [] });
    expect(writes()).toBe(0);

    await night.scan('GHSA-1');
    expect(await propose()).toMatchObject({
      drafts: [{ id: 'AR-2026-0001', plugin: NAME }],
      proposed: { state: 'opened' },
    });
    expect([...repository.issues.values()].map(({ number }) => number)).toEqual([1]);
    const first = await repository.readFile(at('AR-2026-0001'), BRANCH);
    expect(recordOf(first)).toMatchObject({
      action: 'warn',
      upstream: ['GHSA-1'],
      database_specific: { draft: true, severity: 'HIGH', dependency: { name: 'templates', versions: ['1.2.0'] } },
      affected: [{ ranges: [{ events: [{ introduced: '1.0.0' }, { last_affected: '1.0.0' }] }] }],
    });
    const [comment] = repository.comments(1);
    expect(comment?.body).toContain('| `AR-2026-0001` | `@acme/audit` |');
    expect(comment?.body).not.toMatch(/@everyone|<img/);

    const tip = await repository.tip(BRANCH);
    expect(await propose()).toMatchObject({
      drafts: [],
      waiting: [{ id: 'AR-2026-0001' }],
      proposed: { state: 'already-open' },
    });
    expect(await repository.tip(BRANCH)).toBe(tip);

    // A reviewer has decided on the first. What he wrote stays.
    await repository.commit({ [at('AR-2026-0001')]: approved(first) }, { branch: BRANCH });
    await night.scan('GHSA-1', 'GHSA-2');
    expect(await propose()).toMatchObject({ drafts: [{ id: 'AR-2026-0002', upstream: ['GHSA-2'] }], waiting: [] });
    expect(await repository.readFile(at('AR-2026-0001'), BRANCH)).toBe(approved(first));
    expect(repository.comments(1)).toHaveLength(1);
    expect(repository.issues.size).toBe(1);

    // The second does not concern the plugin.
    const dismissed = [{ plugin: NAME, vulnerability: 'GHSA-2', reason: 'It never calls what is vulnerable.' }];
    const dismissal = stringifyRecord({ schemaVersion: 1, dismissed });
    await repository.commit({ [at('AR-2026-0002')]: null, [`${PREFIX}dismissed.yaml`]: dismissal }, { branch: BRANCH });
    expect(await propose()).toMatchObject({ drafts: [], waiting: [] });
    expect(repository.comments(1)[0]?.body).toContain('Nothing here waits');
  });

  it('is refused by the checks until somebody has read it', async () => {
    const night = await scanned();
    await night.scan('GHSA-1');
    await draft(night, ['--remote', night.registry.bare]);
    const { run, registry } = night;
    const validate = [
      'validate',
      '--index',
      registry.bare,
      '--base',
      'main',
      '--head',
      BRANCH,
      '--submitter',
      'eve:666',
      '--json',
    ];
    const codes = async (): Promise<readonly string[]> => {
      const { findings } = JSON.parse((await run(validate)).stdout) as {
        readonly findings: readonly { readonly code: string }[];
      };
      return findings.map(({ code }) => code);
    };
    expect(await codes()).toContain('ADVISORY_DRAFT');
    const path = 'advisories/AR-2026-0001.yaml';
    const text = await registry.git('show', `${BRANCH}:${PREFIX}${path}`);
    await registry.commit(BRANCH, new Map([[path, approved(text)]]), BRANCH);
    expect(await codes()).toEqual(['REVIEW_REQUIRED']);
    await registry.accept(BRANCH);
    expect(await draft(night, ['--remote', registry.bare])).toMatchObject({ drafts: [], waiting: [] });
  });
});

describe('on plain git', () => {
  it('is a branch that later scans add to, whatever reviewers have changed on it', async () => {
    const night = await scanned();
    const { registry } = night;
    const propose = async (): Promise<AdvisoriesDraftOutput> => draft(night, ['--remote', registry.bare]);
    await night.scan('GHSA-1');
    expect(await draft(night, ['--remote', registry.bare, '--dry-run'])).toMatchObject({
      proposed: { state: 'dry-run' },
    });
    expect(await registry.git('branch', '--list', BRANCH)).toBe('');
    expect(await draft(night, [])).toMatchObject({ drafts: [{ id: 'AR-2026-0001' }] });
    expect(await propose()).toMatchObject({ proposed: { state: 'pushed', branch: BRANCH } });
    await registry.commit(BRANCH, new Map([['dismissed.yaml', 'not yet\n']]), BRANCH);
    const tip = await registry.git('rev-parse', BRANCH);
    expect(await propose()).toMatchObject({
      drafts: [],
      waiting: [{ id: 'AR-2026-0001' }],
      proposed: { state: 'already-pushed' },
    });
    expect(await registry.git('rev-parse', BRANCH)).toBe(tip);
    await night.scan('GHSA-1', 'GHSA-2', 'GHSA-3');
    const more = await draft(night, ['--remote', registry.bare, '--limit', '1']);
    expect(more).toMatchObject({ drafts: [{ id: 'AR-2026-0002' }], waiting: [{ id: 'AR-2026-0001' }], left: 1 });
    const changed = await registry.git('diff', '--name-only', 'main', BRANCH);
    expect(changed.trim().split('\n')).toEqual([
      `${PREFIX}advisories/AR-2026-0001.yaml`,
      `${PREFIX}advisories/AR-2026-0002.yaml`,
      `${PREFIX}dismissed.yaml`,
    ]);
  });
});

describe('what it cannot look at', () => {
  it('is told, and nothing is drafted of it', async () => {
    const night = await scanned();
    await night.scan('GHSA-1');
    const file = join(night.registry.folder, 'reports', NAME, '1.0.0.json');
    for (const text of ['{', '[]', 'null']) {
      await mkdir(join(file, '..'), { recursive: true });
      await writeFile(file, text);
      expect(await draft(night, [])).toMatchObject({ drafts: [], unknown: [`${NAME}@1.0.0`] });
    }
  });

  it.each([
    [['advisories', 'publish'], 2],
    [['advisories', 'draft', '--limit', '0'], 2],
    [['advisories', 'draft', '--repo', 'a/b', '--remote', 'x'], 2],
    [['advisories', 'draft', '--repo', 'a/b'], 2],
  ])('%j is refused', async (args, exitCode) => {
    const registry = await testRegistry();
    const streams = { stdout: () => undefined, stderr: () => undefined };
    const given = [...args, '--index', registry.bare, '--reports', 'r', '--osv', 'o'];
    expect(await runProgram(given, { cwd: registry.folder, clock: CLOCK, env: {}, signal }, streams)).toBe(exitCode);
  });
});
