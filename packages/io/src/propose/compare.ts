import { ArError } from '@ar-registry/core/errors';
import type { Account } from '@ar-registry/schemas';
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

/** GitHub's own address of an account that keeps its real one to itself. */
export function authorOf({ login, id }: Account): { readonly name: string; readonly email: string } {
  return { name: login, email: `${id}+${login}@users.noreply.github.com` };
}
