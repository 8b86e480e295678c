/** The documents that a registry signs for: all of them, as they are, whatever the policy of a mirror says. */
import { ArError } from '@ar-registry/core/errors';
import { isMirrorPath } from '@ar-registry/core/mirror';
import { TARGETS_ROUTE, assertTarget, type TrustCrypto } from '@ar-registry/core/trust';
import { inParallel } from '@ar-registry/io/install';
import type { MirrorFolder, PoliteGet } from '@ar-registry/io/mirror';
import type { TrustTargetFile } from '@ar-registry/schemas';

export interface MirrorPorts {
  readonly origin: PoliteGet;
  readonly folder: MirrorFolder;
  readonly crypto: TrustCrypto;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** Lists of large registries; clients read no longer ones. */
const LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Stages every document that is not there as it was signed.
 *
 * @returns their routes, and those of them that were there already
 * @throws MIRROR_PATH_REFUSED, TRUST_LENGTH_MISMATCH, TRUST_HASH_MISMATCH, REGISTRY_RESPONSE_TOO_LARGE
 */
export async function fetchDocuments(
  documents: ReadonlyMap<string, TrustTargetFile>,
  ports: MirrorPorts,
): Promise<{ readonly routes: readonly string[]; readonly unchanged: ReadonlySet<string> }> {
  for (const path of documents.keys()) if (!isMirrorPath(path)) throw new ArError('MIRROR_PATH_REFUSED', { path });
  const unchanged = new Set<string>();
  const routes = await inParallel([...documents], async ([path, target]) => {
    ports.signal.throwIfAborted();
    const route = `${TARGETS_ROUTE}/${path}`;
    if (await isThere(route, target, ports)) unchanged.add(route);
    else await stage(route, { path, target }, ports);
    return route;
  });
  return { routes, unchanged };
}

async function isThere(
  route: string,
  { length, hashes }: TrustTargetFile,
  { folder, crypto }: MirrorPorts,
): Promise<boolean> {
  if ((await folder.sizeOf(route)) !== length) return false;
  const bytes = await folder.read(route);
  return bytes !== undefined && crypto.sha256(bytes) === hashes.sha256;
}

async function stage(
  route: string,
  { path, target }: { readonly path: string; readonly target: TrustTargetFile },
  { origin, folder, crypto }: MirrorPorts,
): Promise<void> {
  if (target.length > LIMIT_BYTES)
    throw new ArError('REGISTRY_RESPONSE_TOO_LARGE', { url: `${origin.url}/${route}`, limitBytes: LIMIT_BYTES });
  const bytes = await origin.get(route, target.length);
  assertTarget(path, { bytes: bytes ?? new Uint8Array(), target }, crypto);
  await folder.stage(route, bytes ?? new Uint8Array());
}
