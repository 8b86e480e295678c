import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { createClock } from '@ar-registry/io/clock';
import { describe, expect, it } from 'vitest';
import type { BuildInput, BuildOutcome } from '../src/stages/build/build-input.ts';
import { build } from '../src/stages/build/index.ts';
import { makeReports } from '../src/stages/reports/index.ts';
import {
  BASE_URL,
  NAMES,
  SEARCH,
  SHARED,
  commitAll,
  contentOf,
  packAll,
  publish,
  remove,
  wasChange,
  type World,
} from './incremental-fixture.ts';
import { testRegistry } from './registry-fixture.ts';

const [ALPHA, BETA, MAX] = NAMES;

/** A registry that publishes reports and known vulnerabilities, as the workflow does. */
async function scannedSite() {
  const registry = await testRegistry();
  const world: World = {
    files: new Map(Object.entries(SHARED)),
    packed: await packAll(registry, [ALPHA, BETA, MAX]),
  };
  for (const plugin of [ALPHA, BETA]) publish(plugin, '1.0.0')(world);
  const [out, whole, reports, scan] = ['out', 'whole', 'reports', 'scan'].map((name) => join(registry.folder, name));
  const source = { repository: registry.bare, revision: 'main' };
  const input: BuildInput = { source, baseUrl: BASE_URL, search: SEARCH, out: out ?? '', reports, osv: scan };
  const report = async (): Promise<void> => {
    const ports = { clock: createClock(), advisories: undefined, signal: new AbortController().signal };
    await makeReports({ source, out: reports ?? '', allowLoopback: false }, ports);
  };
  const snapshot = async (parts: string): Promise<void> => {
    const folder = join(scan ?? '', 'osv/npm');
    await rm(join(scan ?? ''), { recursive: true, force: true });
    await mkdir(join(folder, parts), { recursive: true });
    const facts = { source: 'OSV', takenAt: '2026-03-10T12:00:00Z', records: 0, parts, prefixLength: 1 };
    await writeFile(join(folder, 'snapshot.json'), JSON.stringify({ schemaVersion: 1, ...facts }));
    for (const name of '0123456789abcdef')
      await writeFile(join(folder, parts, `${name}.json`), JSON.stringify({ schemaVersion: 1, packages: {} }));
  };
  return {
    world,
    snapshot,
    reports: reports ?? '',
    out: out ?? '',
    /** As the workflow does it: reports of all versions, then the build. */
    run: async ({ isReported = true } = {}): Promise<BuildOutcome> => {
      await commitAll(registry, world.files);
      if (isReported) await report();
      return build(input);
    },
    expected: async () => {
      const outcome = await build({ ...input, out: whole ?? '', state: 'none' });
      return { outcome, content: await contentOf(whole ?? '') };
    },
  };
}

type ScannedSite = Awaited<ReturnType<typeof scannedSite>>;

async function expectSame({ out, expected }: ScannedSite, outcome: BuildOutcome): Promise<void> {
  const whole = await expected();
  expect(await contentOf(out)).toEqual(whole.content);
  expect([outcome.reports, outcome.findings]).toEqual([whole.outcome.reports, whole.outcome.findings]);
}

describe('a build of a change with reports and known vulnerabilities', () => {
  it('publishes the reports of what changed, and takes away those of what is gone', async () => {
    const site = await scannedSite();
    await site.snapshot('0000000000000001');
    await site.run();
    publish(ALPHA, '1.1.0')(site.world);
    publish(MAX, '1.0.0')(site.world);
    const more = await site.run();
    expect([await wasChange(site.out), more.reports]).toEqual([true, 4]);
    await expectSame(site, more);
    remove(new RegExp(`^plugins/${BETA}/`))(site.world);
    const fewer = await site.run();
    expect([await wasChange(site.out), fewer.reports]).toEqual([true, 3]);
    await expectSame(site, fewer);
  });

  it('publishes reports that changed alone', async () => {
    const site = await scannedSite();
    await site.run();
    const file = join(site.reports, BETA, '1.0.0.json');
    const report = JSON.parse(await readFile(file, 'utf8')) as { readonly checks: readonly object[] };
    // A source that was built elsewhere: `reports` takes over what came of it.
    const source = { id: 'source', result: 'pass', findings: [] };
    await writeFile(file, JSON.stringify({ ...report, checks: [...report.checks, source] }));
    const outcome = await site.run();
    expect(await wasChange(site.out)).toBe(true);
    expect(await readFile(join(site.out, routes.report(BETA, '1.0.0')), 'utf8')).toContain('"id":"source"');
    await expectSame(site, outcome);
  });

  it('puts a new snapshot in the place of the old one', async () => {
    const site = await scannedSite();
    await site.run();
    await site.snapshot('0000000000000001');
    await expectSame(site, await site.run());
    await site.snapshot('0000000000000002');
    const outcome = await site.run();
    expect(await wasChange(site.out)).toBe(true);
    await expectSame(site, outcome);
    expect(await readdir(join(site.out, routes.osv, 'osv/npm'))).toEqual(['0000000000000002', 'snapshot.json']);
  });

  it.each<readonly [string, (site: ScannedSite) => Promise<unknown>]>([
    ['there is no list of the reports', (site) => rm(join(site.reports, '.ar-reports.json'))],
    ['that list is none', (site) => writeFile(join(site.reports, '.ar-reports.json'), '{"parts":{"../x":"y"}}')],
    ['a part of it is another one', (site) => damagePart(site)],
  ])('is one of everything where %s', async (_when, happen) => {
    const site = await scannedSite();
    await site.run();
    publish(ALPHA, '1.1.0')(site.world);
    await site.run();
    expect(await wasChange(site.out)).toBe(true);
    await happen(site);
    publish(ALPHA, '2.0.0-rc.1')(site.world);
    await expectSame(site, await site.run({ isReported: false }));
    expect(await wasChange(site.out)).toBe(false);
  });
});

/** The list says of a part that it changed, and the part is not what it says. */
async function damagePart({ reports }: ScannedSite): Promise<void> {
  const list = join(reports, '.ar-reports.json');
  await writeFile(list, (await readFile(list, 'utf8')).replaceAll(/":"[\w-]{43}"/g, `":"${'A'.repeat(43)}"`));
}
