/**
 * A branch of a git repository, as GitHub Pages and others serve it: one commit without a history, since what was served
 * before can be built again, and would only make the repository grow. Its id tells who was there last.
 */
import { createHash } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { hideCredentials } from '@ar-registry/core/text';
import { removeFolder } from '@ar-registry/io/files';
import { openBranch, type BranchFile, type BranchTree } from '@ar-registry/io/git';
import { readAtOnce } from './site-files.ts';
import { fileOf, type Found, type Hold, type Place, type PlaceOptions } from './types.ts';

/** GitHub leaves out what begins with an underscore where this is missing. */
const NO_JEKYLL = '.nojekyll';

/** @throws GIT_FAILED, ABORTED */
export async function openGitBranch(url: string, branch: string, { signal, now }: PlaceOptions): Promise<Place> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ar-deploy-'));
  const dispose = (): Promise<void> => removeFolder(folder);
  const tree: BranchTree = await openBranch(url, branch, { folder, signal }).catch(async (error: unknown) => {
    await dispose();
    throw error;
  });
  const { head } = tree;
  const files = new Map<string, string>();
  const removed = new Set<string>();
  const shown = `${hideCredentials(url)}#${branch}`;
  // Nothing is there before all is: who is quicker is told from who is not by the push.
  const hold: Hold = {
    signal,
    assertHeld: async () => {},
    finish: (assertStill) =>
      tree.replace({ files, removed, empty: [NO_JEKYLL], message: 'Deploy the registry\n', now }, assertStill),
    leave: async () => head ?? '',
  };
  return {
    shown,
    key: shown,
    isFolder: false,
    head: async () => ({ id: head, version: head }),
    list: async function* () {
      yield* found(await tree.list());
    },
    find: async (paths) => new Map(found(await tree.find(paths))),
    holds: async (file, { digest = '' }) => blobId(readAtOnce(fileOf(file)), digest) === digest,
    put: async (file) => {
      files.set(file.path, fileOf(file));
    },
    remove: async (name) => {
      removed.add(name);
    },
    hold: async (_head, work) => ({ result: await work(hold) }),
    [Symbol.asyncDispose]: dispose,
  };
}

function found(files: readonly BranchFile[]): readonly (readonly [string, Found])[] {
  return files.flatMap(({ path: name, oid }) => (name === NO_JEKYLL ? [] : [[name, { digest: oid }] as const]));
}

/** @source git-hash-object(1): the hash of `blob <size>`, a NUL, and the content */
function blobId(content: Buffer, like: string): string {
  const hash = createHash(like.length === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${content.length}\0`).update(content).digest('hex');
}
