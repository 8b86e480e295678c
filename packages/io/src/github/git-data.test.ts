import { describe, expect, it } from 'vitest';
import type { Request } from './calls.ts';
import { gitDataMethods } from './git-data.ts';

type Item = { readonly path: string; readonly mode: string; readonly type: string; readonly sha: string };

const id = (digit: string): string => digit.repeat(40);
const folder = (path: string, sha: string): Item => ({ path, mode: '040000', type: 'tree', sha });
const file = (path: string, mode = '100644'): Item => ({ path, mode, type: 'blob', sha: id('f') });

/** A GitHub that lists these trees; those whose id starts with `c` are too large to list as a whole. */
function listing(trees: Readonly<Record<string, readonly Item[]>>, asked: string[] = []) {
  const request = async (_route: string, { tree_sha: sha, recursive }: { tree_sha: string; recursive?: string }) => {
    asked.push(sha);
    return { data: { tree: trees[sha] ?? [], truncated: recursive !== undefined && sha.startsWith('c') } };
  };
  const name = { owner: 'acme', repo: 'index' };
  return gitDataMethods({
    name,
    shown: 'acme/index',
    uploadUrl: '',
    whoAmI: async () => ({ login: 'ada', id: 1 }),
    wait: async () => undefined,
    call: async (_doing, work) => work(request as unknown as Request),
  });
}

describe('a tree', () => {
  it('that is too large to list as a whole is listed folder by folder', async () => {
    const asked: string[] = [];
    const trees = {
      [id('c')]: [folder('plugins', `c${id('1').slice(1)}`), folder('store', id('d')), file('registry.yaml')],
      [`c${id('1').slice(1)}`]: [folder('@acme', id('e')), folder('@other', id('b'))],
      [id('e')]: [file('hello/plugin.yaml')],
      [id('b')]: [file('x/plugin.yaml')],
    };
    const entries = await listing(trees, asked).listTree(id('c'), { skip: new Set(['store']) });
    expect(entries.map(({ path }) => path).toSorted()).toEqual([
      'plugins/@acme/hello/plugin.yaml',
      'plugins/@other/x/plugin.yaml',
      'registry.yaml',
    ]);
    expect(asked).not.toContain(id('d'));
  });

  it('that is not is listed by one request, without what is not wanted', async () => {
    const asked: string[] = [];
    const trees = { [id('a')]: [file('store/x'), file('storey/x'), file('y')] };
    const entries = await listing(trees, asked).listTree(id('a'), { skip: new Set(['store']) });
    expect(entries.map(({ path }) => path)).toEqual(['storey/x', 'y']);
    expect(asked).toEqual([id('a')]);
  });

  it('says what each entry is', async () => {
    const items = [file('a'), file('b', '100755'), file('c', '120000'), { ...file('d', '160000'), type: 'commit' }];
    const entries = await listing({ [id('a')]: items }).listTree(id('a'));
    expect(entries.map(({ kind }) => kind)).toEqual(['file', 'executable', 'symlink', 'submodule']);
  });

  it('with an entry that has no object id is not believed', async () => {
    const github = listing({ [id('a')]: [{ ...file('a'), sha: '../../x' }] });
    await expect(github.listTree(id('a'))).rejects.toBeInstanceOf(TypeError);
  });
});
