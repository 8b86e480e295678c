/**
 * A bundle: one uncompressed tar with everything that an installation needs where there is no network, as the registries
 * and npm served it. It is a way of transport and vouches for nothing: whoever installs from it verifies all of it by
 * what the registries signed, from a root that he knew before.
 *
 * Its first file, `ar-bundle.json`, lists all others in their order. The rest follows from that list alone, so that one
 * list is one sequence of bytes.
 */
import type { BundleManifest } from '@ar-registry/schemas';
import { checkPackagePath } from '../archive/path.ts';

/** Path of the list, the first file. */
export const BUNDLE_MANIFEST = 'ar-bundle.json';

/** How a bundle is called where nobody says otherwise. */
export const BUNDLE_FILE = 'ar-plugins.bundle.tar';

export type BundledFile = BundleManifest['files'][number];
export type BundledPlugin = BundleManifest['plugins'][number];

const MEBIBYTE = 1024 * 1024;

/** What a bundle may be at most. A reader needs memory for the list and for one document at a time. */
export const BUNDLE_LIMITS = {
  manifestBytes: 16 * MEBIBYTE,
  fileBytes: 512 * MEBIBYTE,
  totalBytes: 8192 * MEBIBYTE,
} as const;

/** Deeper and longer than any path that `bundlePathOf` makes. */
const PATH_LIMITS = { pathBytes: 1000, depth: 16 };

/** What is wrong with a path of the list; completes “…, which …”. Nothing is unpacked by it. */
export function bundlePathProblem(path: string): string | undefined {
  return checkPackagePath(path, PATH_LIMITS);
}

/** The list as it is written: the same for the same content. */
export function formatBundleManifest(manifest: BundleManifest): string {
  return `${JSON.stringify(manifest, undefined, 1)}\n`;
}

/** In the order in which they are in the tar. */
export function inBundleOrder(a: Pick<BundledFile, 'path'>, b: Pick<BundledFile, 'path'>): number {
  return a.path < b.path ? -1 : 1;
}

/**
 * Path of what was served at `url`: by the place of the registry in the list, or for an archive that lies elsewhere by its
 * digest.
 *
 * @param registries base URLs, as the list has them
 * @param digest of the content, in hexadecimal
 */
export function bundlePathOf(url: string, registries: readonly string[], digest: string): string {
  const owners = registries.filter((registry) => url.startsWith(`${registry}/`));
  const [owner] = owners.toSorted((a, b) => b.length - a.length);
  const route = owner === undefined ? '' : url.slice(owner.length + 1);
  const path = `registries/${registries.indexOf(owner ?? '') + 1}/${route}`;
  return owner !== undefined && bundlePathProblem(path) === undefined ? path : `other/${digest.slice(0, 32)}`;
}

/** Path of what a lock pins: `npm/@scope/name-1.0.0-0123456789abcdef.tgz`. */
export function pinnedPathOf(kind: 'npm' | 'archives', label: string, digest: string): string {
  const path = `${kind}/${label}-${digest.slice(0, 16)}.tgz`;
  return bundlePathProblem(path) === undefined ? path : `${kind}/${digest.slice(0, 32)}.tgz`;
}
