/**
 * A branch of a git repository, as GitHub Pages and others serve it: one commit without a history, since what was served
 * before can be built again, and would only make the repository grow.
 */
import { createHash } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { hideCredentials } from '@ar-registry/core/text';
import { removeFolder } from '@ar-registry/io/files';
import { openBranch, type BranchTree } from '@ar-registry/io/git';
import { readAtOnce } from './site-files.ts';
import type { Found, Place, PlaceOptions, SiteFile } from './types.ts';

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
  const kept = new Map(tree.files);
  const put = new Map<string, string>();
  return {
    shown: `${hideCredentials(url)}#${branch}`,
    list: async () =>
      new Map(
        [...tree.files].flatMap(([name, digest]): [string, Found][] =>
          name === NO_JEKYLL ? [] : [[name, { digest }]],
        ),
      ),
    holds: async ({ file }: SiteFile, { digest = '' }) => blobId(readAtOnce(file), digest) === digest,
    put: async ({ path: name, file }) => {
      put.set(name, file);
    },
    remove: async (name) => {
      kept.delete(name);
    },
    finish: async (assertStill) => {
      const unchanged = new Map([...kept].filter(([name]) => !put.has(name) && name !== NO_JEKYLL));
      await tree.replace(
        { unchanged, files: put, empty: [NO_JEKYLL], message: 'Deploy the registry\n', now },
        assertStill,
      );
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** @source git-hash-object(1): the hash of `blob <size>`, a NUL, and the content */
function blobId(content: Buffer, like: string): string {
  const hash = createHash(like.length === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${content.length}\0`).update(content).digest('hex');
}
