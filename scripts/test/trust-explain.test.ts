/** `ar-registry trust explain`: which rules of the levels hold for a plugin, as people and programs are told. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseVersionRecord } from '@ar-registry/core/record';
import { stringifyRecord } from '@ar-registry/core/yaml';
import type { Report, TrustExplainOutput, TrustLevel, VerificationRecord } from '@ar-registry/schemas';
import { validator as isOutput } from '@ar-registry/schemas/validators/cli/trust-explain';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../src/program.ts';
import { ADA, CLOCK, testRegistry, type TestRegistry } from './registry-fixture.ts';

const GRACE = { login: 'grace', id: 7 };
const { signal } = new AbortController();

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run({ folder }: TestRegistry, args: readonly string[]): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  const streams = {
    stdout: (text: string) => void (stdout += text),
    stderr: (text: string) => void (stderr += text),
  };
  const exitCode = await runProgram(args, { cwd: folder, clock: CLOCK, env: {}, signal }, streams);
  return { exitCode, stdout, stderr };
}

const WHERE = ['--index', 'index.git', '--reports', 'reports'];

async function explain(
  registry: TestRegistry,
  name: string,
): Promise<TrustExplainOutput & { readonly exitCode: number }> {
  const { exitCode, stdout } = await run(registry, ['trust', 'explain', name, ...WHERE, '--json']);
  const checked = isOutput(JSON.parse(stdout));
  if (!checked.ok) throw new Error(stdout);
  return { ...checked.value, exitCode };
}

const broken = ({ criteria }: TrustExplainOutput): readonly string[] =>
  criteria.filter(({ holds }) => holds !== 'yes').map(({ id, holds }) => `${id}: ${holds}`);

/** A plugin of this level whose automated checks and source check have passed, and that Grace has read unless told. */
async function registryWith(
  name: string,
  trust: TrustLevel,
  review: Partial<VerificationRecord> | 'none' = {},
): Promise<TestRegistry> {
  const registry = await testRegistry();
  const files = await registry.submission(name, '1.0.0', { plugin: { trust } });
  const parsed = parseVersionRecord(String(files.get(`plugins/${name}/versions/1.0.0.yaml`)), 'x.yaml');
  if (!parsed.ok) throw new Error('The submission is not valid.');
  const { integrity } = parsed.record.dist;
  const settings = { schemaVersion: 1, name: 'test', title: 'Test registry', reviewers: [GRACE, ADA] };
  files.set('registry.yaml', stringifyRecord(settings));
  const looked = { code: true, permissions: true, behaviour: true, documentation: true };
  const record = {
    schemaVersion: 1,
    integrity,
    reviewer: GRACE,
    reviewedAt: '2026-05-20T00:00:00Z',
    looked,
    notes: 'Read.',
  };
  if (review !== 'none') files.set(`verifications/${name}/1.0.0.yaml`, stringifyRecord({ ...record, ...review }));
  await registry.commit('first', files);
  await registry.accept('first');
  expect(await run(registry, ['reports', '--index', 'index.git', '--out', 'reports'])).toMatchObject({ exitCode: 0 });
  const file = join(registry.folder, 'reports', name, '1.0.0.json');
  const report = JSON.parse(await readFile(file, 'utf8')) as Report;
  const source = { id: 'source', result: 'pass', findings: [] };
  await writeFile(file, JSON.stringify({ ...report, checks: [...report.checks, source] }));
  return registry;
}

describe('trust explain', () => {
  it('says that all holds of an official plugin', async () => {
    const registry = await registryWith('@ar/audit', 'official');
    const found = await explain(registry, '@ar/audit');
    expect(found).toMatchObject({ exitCode: 0, ok: true, claimed: 'official', earned: 'official', version: '1.0.0' });
    expect(broken(found)).toEqual([]);
    const { exitCode, stdout, stderr } = await run(registry, ['trust', 'explain', '@ar/audit', ...WHERE]);
    expect([exitCode, stderr]).toEqual([0, '']);
    const headings = stdout.split('\n').filter((line) => /^\w+$/.test(line));
    expect(headings).toEqual(['community', 'verified', 'official']);
    expect(stdout.match(/✓/g)).toHaveLength(found.criteria.length);
  });

  it('says that all holds of a verified plugin, and what it would need to be more', async () => {
    const registry = await registryWith('@acme/audit', 'verified');
    const found = await explain(registry, '@acme/audit');
    expect(found).toMatchObject({ exitCode: 0, ok: true, claimed: 'verified', earned: 'verified' });
    expect(broken(found)).toEqual(['official-scope: no']);
  });

  it('asks no review of a community plugin', async () => {
    const registry = await registryWith('@acme/audit', 'community', 'none');
    const found = await explain(registry, '@acme/audit');
    expect(found).toMatchObject({ exitCode: 0, ok: true, claimed: 'community', earned: 'community' });
    expect(broken(found)).toContain('code-review: no');
  });

  it.each<[string, Partial<VerificationRecord>]>([
    ['by an author', { reviewer: ADA }],
    ['by nobody whom the registry names', { reviewer: { login: 'eve', id: 666 } }],
    ['by the login of a reviewer, under another id', { reviewer: { ...GRACE, id: 8 } }],
    ['of another archive', { integrity: `sha512-${'A'.repeat(86)}==` }],
    ['that is older than a year', { reviewedAt: '2025-05-20T00:00:00Z' }],
    ['of which a part was left out', { looked: { code: true } as VerificationRecord['looked'] }],
  ])('takes no review %s', async (_title, review) => {
    const registry = await registryWith('@acme/audit', 'verified', review);
    const found = await explain(registry, '@acme/audit');
    expect(found).toMatchObject({ exitCode: 1, ok: false, claimed: 'verified', earned: 'community' });
    expect(broken(found)).toEqual(['code-review: no', 'official-scope: no']);
    const { exitCode, stdout } = await run(registry, ['trust', 'explain', '@acme/audit', ...WHERE]);
    expect(exitCode).toBe(1);
    expect(stdout.match(/✗/g)).toHaveLength(2);
  });

  it('knows of no check without reports, which is no yes', async () => {
    const registry = await registryWith('@acme/audit', 'community');
    const args = ['trust', 'explain', '@acme/audit', '--index', 'index.git', '--json'];
    const { exitCode, stdout } = await run(registry, args);
    expect(exitCode).toBe(1);
    const output = JSON.parse(stdout) as TrustExplainOutput;
    expect(output).not.toHaveProperty('earned');
    expect(broken(output)).toContain('automated-checks: unknown');
  });

  it('names the nearest plugin where there is none of that name', async () => {
    const registry = await registryWith('@acme/audit', 'community');
    const { exitCode, stdout } = await run(registry, ['trust', 'explain', '@acme/audid', ...WHERE, '--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'PLUGIN_NOT_FOUND' } });
    expect((await run(registry, ['trust', 'explain', '@acme/audid', ...WHERE])).stderr).toContain('@acme/audit');
    expect((await run(registry, ['trust', 'show', '@acme/audit', ...WHERE])).exitCode).toBe(2);
  });
});
