/** Builds of a change that meet something: an earlier one that was stopped, or a state that is of no use. */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { describe, expect, it } from 'vitest';
import type { BuildInput } from '../src/stages/build/build-input.ts';
import { BASE_URL, builtSite, contentOf, publish, remove, wasChange } from './incremental-fixture.ts';

describe('a build of a change that was stopped', () => {
  it('leaves the old output before it has made everything', async () => {
    const { world, out, build: run, expected } = await builtSite();
    const before = await contentOf(out);
    await mkdir(join(out, '.ar-next'));
    await writeFile(join(out, '.ar-next/1'), 'half of something');
    await writeFile(join(out, '.ar-next/journal.json.tmp'), '{"moves":[["feed.json","1"');
    expect(await contentOf(out)).toEqual(before);
    publish('@acme/alpha', '1.1.0')(world);
    await run();
    expect([await wasChange(out), await contentOf(out)]).toEqual([true, await expected()]);
  });

  it.each(['api/v1/plugins/@acme/alpha/1.1.0.json', 'api/v1/plugins/@acme/alpha/1.1.0/download'])(
    'is carried out by the next one, where it could not write %s',
    async (path) => {
      const { world, out, build: run, expected } = await builtSite();
      publish('@acme/alpha', '1.1.0')(world);
      // A folder in the place of a file stops it between two files.
      await mkdir(join(out, path, 'folder'), { recursive: true });
      await expect(run()).rejects.toMatchObject({ code: 'FILE_ACCESS' });
      await rm(join(out, path), { recursive: true });
      // Meanwhile it was taken back: what was written of it must go.
      remove(/alpha\/versions\/1\.1\.0/)(world);
      publish('@acme/beta', '1.1.0')(world);
      await run();
      expect(await wasChange(out)).toBe(true);
      expect(await contentOf(out)).toEqual(await expected());
    },
  );

  it('is carried out before everything is built too', async () => {
    const { world, out, build: run, expected } = await builtSite();
    publish('@acme/alpha', '1.1.0')(world);
    const path = join(out, 'api/v1/plugins/@acme/alpha/1.1.0.json');
    await mkdir(join(path, 'folder'), { recursive: true });
    await expect(run()).rejects.toMatchObject({ code: 'FILE_ACCESS' });
    await rm(path, { recursive: true });
    remove(/alpha/)(world);
    await run({ state: 'renew' });
    expect(await contentOf(out)).toEqual(await expected());
  });
});

/** Turns one bit over. */
function damage(file: (names: readonly string[]) => string | undefined): (out: string) => Promise<void> {
  return async (out) => {
    const folder = join(out, '.ar-state');
    const target = join(folder, file((await readdir(folder)).toSorted()) ?? '');
    const bytes = await readFile(target);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(target, bytes);
  };
}

/** Names of all parts, in the same order for each state. */
async function partsInRoot(out: string): Promise<readonly string[]> {
  const [names, root] = [
    await readdir(join(out, '.ar-state')),
    await readFile(join(out, '.ar-state/root.json'), 'utf8'),
  ];
  return [...root.matchAll(/"([\w-]{32})"/g)].flatMap(([, name = '']) => (names.includes(name) ? [name] : []));
}

/** Of a registry that has nothing but advisories. */
const OTHER_HEAD = '{"schemaVersion":1,"documents":1,"digests":"AAAAAAAAAA"}\n';

describe('everything is built', () => {
  it.each<readonly [string, (out: string) => Promise<unknown>, Partial<BuildInput>]>([
    ['without a state', (out) => rm(join(out, '.ar-state'), { recursive: true }), {}],
    ['after a damage of the root of the state', damage(() => 'root.json'), {}],
    ['for another address', async () => {}, { baseUrl: `${BASE_URL}/other` }],
    ['where that is asked for', async () => {}, { state: 'renew' }],
    ['without the digests of documents', (out) => rm(join(out, 'api/v1/changes'), { recursive: true }), {}],
    ['where they are of other documents', (out) => writeFile(join(out, routes.changesHead), OTHER_HEAD), {}],
  ])('%s', async (_when, happen, changes) => {
    const { world, out, build: run, expected } = await builtSite();
    await happen(out);
    publish('@acme/alpha', '1.1.0')(world);
    await run(changes);
    expect(await wasChange(out)).toBe(false);
    const found = changes.baseUrl === undefined ? await contentOf(out) : undefined;
    expect(found ?? (await expected())).toEqual(await expected());
  });

  it('after a damage of any part that a change reads; others do no harm', async () => {
    const { world, out, build: run, expected } = await builtSite();
    const parts = (await partsInRoot(out)).length;
    const wereChanges: boolean[] = [];
    for (let part = 0; part < parts; part += 1) {
      const own = await partsInRoot(out);
      await damage(() => own[part])(out);
      publish('@acme/alpha', `1.${part + 1}.0`)(world);
      await run();
      wereChanges.push(await wasChange(out));
      expect(await contentOf(out)).toEqual(await expected());
      // The next begins with a state that is whole.
      await run({ state: 'renew' });
    }
    // What is known of all plugins, of this one, and what is wrong with any.
    expect(wereChanges.filter((was) => !was).length).toBeGreaterThanOrEqual(3);
    expect(wereChanges).toContain(true);
  });

  it('where the commit of the state is gone', async () => {
    const { registry, world, out, build: run, expected } = await builtSite();
    publish('@acme/alpha', '1.1.0')(world);
    const tree = (await registry.git('rev-parse', 'refs/heads/main^{tree}')).trim();
    const orphan = (await registry.git('commit-tree', tree, '-m', 'Anew')).trim();
    await registry.git('update-ref', 'refs/heads/main', orphan);
    await registry.git('reflog', 'expire', '--expire=now', '--all');
    await registry.git('gc', '--quiet', '--prune=now');
    await run();
    expect(await wasChange(out)).toBe(false);
    expect(await contentOf(out)).toEqual(await expected());
  });
});
