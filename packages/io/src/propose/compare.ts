import { ArError } from '@ar-registry/core/errors';
import type { EarlierBranch, Proposal } from './types.ts';

/** @throws PROPOSAL_DIFFERS where a branch holds anything but what is proposed now */
export async function assertSameFiles(earlier: EarlierBranch, proposal: Proposal): Promise<void> {
  const isSame = proposal.isSame ?? ((found) => holdsSameFiles(found, proposal));
  if (await isSame(earlier)) return;
  const { branch, pullRequest } = earlier;
  throw new ArError('PROPOSAL_DIFFERS', { branch, ...(pullRequest ? { pullRequest: pullRequest.url } : {}) });
}

async function holdsSameFiles(earlier: EarlierBranch, { files }: Proposal): Promise<boolean> {
  if (earlier.files.some((file) => !files.has(file))) return false;
  for (const [file, content] of files) {
    const found = await earlier.read(file);
    if (found === undefined ? content !== null : content === null || Buffer.compare(found, Buffer.from(content)) !== 0)
      return false;
  }
  return true;
}

/** As commits have it: of an account, GitHub's own address, for those who keep their real one to themselves. */
export function authorOf(author: Proposal['author']): { readonly name: string; readonly email: string } {
  if (!('login' in author)) return author;
  const { login, id } = author;
  return { name: login, email: `${id}+${login}@users.noreply.github.com` };
}
