import { TARGETS_ROUTE, binNames, delegatedSigners, type TrustCrypto } from '@ar-registry/core/trust';
import { inParallel } from '@ar-registry/io/install';
import type { TrustFolder } from '@ar-registry/io/trust';
import { readPrevious, type ReadFile } from '../sign/read-previous.ts';

/** Paths of all documents that the served metadata signs for: nobody can list the files of a web server. */
export async function signedFiles(read: ReadFile, trust: TrustFolder, crypto: TrustCrypto): Promise<readonly string[]> {
  const previous = await readPrevious(read, trust, crypto);
  const bins = await inParallel(binNames(delegatedSigners(trust.targets)), (name) => previous.bin(name));
  return bins.flatMap((bin) => Object.keys(bin?.signed.targets ?? {}).map((target) => `${TARGETS_ROUTE}/${target}`));
}
