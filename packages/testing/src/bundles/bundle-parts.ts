/** Bundles taken apart and put together again, as whoever carries one may do. */
import fs from 'node:fs';
import path from 'node:path';
import { BUNDLE_MANIFEST, formatBundleManifest } from '@ar-registry/core/bundle';
import { TAR_END, tarHeader, tarPadding } from '@ar-registry/io/archive';
import { integrityOf } from '@ar-registry/io/digest';
import type { BundleManifest } from '@ar-registry/schemas';

export interface BundleParts {
  manifest: BundleManifest;
  /** Path → bytes, in the order of the tar. */
  readonly files: Map<string, Buffer>;
}

/** @source POSIX.1-2024 pax, ustar Interchange Format */
export function takeApart(file: string): BundleParts {
  const tar = fs.readFileSync(file);
  const files = new Map<string, Buffer>();
  let long: string | undefined;
  for (let at = 0; tar[at] !== 0;) {
    const text = (start: number, end: number): string =>
      tar.toString('utf8', at + start, at + end).replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 136), 8);
    const body = tar.subarray(at + 512, at + 512 + size);
    if (text(156, 157) === 'x') long = / path=(.*)\n/.exec(body.toString())?.[1];
    else {
      files.set(long ?? [text(345, 500), text(0, 100)].filter(Boolean).join('/'), body);
      long = undefined;
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  const manifest = JSON.parse(String(files.get(BUNDLE_MANIFEST))) as BundleManifest;
  files.delete(BUNDLE_MANIFEST);
  return { manifest, files };
}

/** The place of what was served at a route, in whichever registry. */
export function pathAt({ manifest }: BundleParts, route: string): string {
  const file = manifest.files.find(({ url }) => url?.endsWith(`/${route}`) === true);
  if (!file) throw new Error(`Nothing was served at ${route}.`);
  return file.path;
}

/** Its list fits, whatever is in it now. */
export function fitList({ manifest, files }: BundleParts): BundleManifest {
  const listed = manifest.files.flatMap((entry) => {
    const bytes = files.get(entry.path);
    return bytes ? [{ ...entry, size: bytes.length, integrity: integrityOf(bytes) }] : [];
  });
  return { ...manifest, files: listed };
}

/** @param more behind the files */
export function putTogether(file: string, { manifest, files }: BundleParts, more: readonly Uint8Array[] = []): void {
  const list = Buffer.from(formatBundleManifest(manifest));
  const entries = [[BUNDLE_MANIFEST, list] as const, ...files].flatMap(([name, bytes]) => entryOf(name, bytes));
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, Buffer.concat([...entries, ...more, TAR_END]));
}

/** A file as it stands in a tar; `2` makes it a symbolic link. */
export function entryOf(name: string, bytes: Buffer, flag: '0' | '2' = '0'): readonly Uint8Array[] {
  const header = Buffer.from(tarHeader({ path: name, sizeBytes: bytes.length, executable: false }));
  header.write(flag, header.length - 512 + 156, 'latin1');
  return [header, bytes, tarPadding(bytes.length)];
}
