import { describe, expect, it } from 'vitest';
import type { GitObject } from './object-reader.ts';
import { openTrees } from './object-trees.ts';

type Entry = readonly [name: string, mode: string, oid: string];

const FILE = 'f'.repeat(40);
const MANY = Array.from({ length: 100 }, (_, at): Entry => [`p${String(at).padStart(3, '0')}`, '100644', FILE]);
const TREES: Readonly<Record<string, readonly Entry[]>> = {
  'head^{tree}': [
    ['plugins', '40000', 'a'.repeat(40)],
    ['registry.yaml', '100644', FILE],
  ],
  ['a'.repeat(40)]: MANY,
  empty: [],
};

/** A repository with these trees, and what was asked of it. */
function repository() {
  const asked: string[] = [];
  const read = async (name: string): Promise<GitObject | undefined> => {
    asked.push(name);
    const entries = Object.hasOwn(TREES, name) ? TREES[name] : undefined;
    if (name === FILE) return { oid: FILE, type: 'blob', sizeBytes: 0, bytes: new Uint8Array() };
    if (!entries) return undefined;
    const parts = entries.map(([own, mode, oid]) => [Buffer.from(`${mode} ${own}\0`), Buffer.from(oid, 'hex')]);
    const bytes = new Uint8Array(Buffer.concat(parts.flat()));
    return { oid: 'e'.repeat(40), type: 'tree', sizeBytes: bytes.length, bytes };
  };
  return { asked, trees: openTrees({ read }) };
}

describe('trees that are walked', () => {
  it('are asked for once, however many paths go through them', async () => {
    const { asked, trees } = repository();
    const found = await Promise.all(MANY.map(([name]) => trees.find('head^{tree}', `plugins/${name}`)));
    expect(found.map((entry) => entry?.name)).toEqual(MANY.map(([name]) => name));
    expect(asked).toEqual(['head^{tree}', 'a'.repeat(40)]);
  });

  it('have nothing at other paths', async () => {
    const { trees } = repository();
    for (const path of ['plugins/q', 'no/where', 'registry.yaml/below', 'plugin', ''])
      expect(await trees.find('head^{tree}', path)).toBeUndefined();
    expect(await trees.find('empty', 'a')).toBeUndefined();
  });

  it('fail where one is missing, or is none', async () => {
    const { trees } = repository();
    await expect(trees.read('gone')).rejects.toMatchObject({ code: 'GIT_FAILED' });
    await expect(trees.read(FILE)).rejects.toMatchObject({ code: 'GIT_FAILED' });
  });
});
