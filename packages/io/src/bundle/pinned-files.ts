/** What locks pin by a digest and no registry signs, out of a bundle: npm packages, and archives of git repositories. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { DEFAULT_ARCHIVE_LIMITS } from '@ar-registry/core/archive';
import type { BundledFile } from '@ar-registry/core/bundle';
import { ArError } from '@ar-registry/core/errors';
import type { Integrity } from '@ar-registry/schemas';
import { translateFileError } from '../files/index.ts';
import type { Tarballs } from '../npm/index.ts';
import { algorithmOf } from './collect-npm.ts';
import type { Bundle } from './open-bundle.ts';

/** npm packages, for `installDependencies`. @throws BUNDLE_LACKS, INTEGRITY_MISMATCH, DISK_FULL */
export function tarballsIn(bundle: Bundle): Tarballs {
  return {
    write: async (integrity, file, label) => {
      const entry = pinned(bundle, integrity, `the npm package ${label}`);
      const hash = createHash(algorithmOf(integrity));
      try {
        await using handle = await open(file, 'wx');
        for await (const chunk of bundle.stream(entry)) {
          hash.update(chunk);
          await handle.writeFile(chunk);
        }
      } catch (error) {
        throw translateFileError(error, file);
      }
      const actual = `${algorithmOf(integrity)}-${hash.digest('base64')}`;
      // Lists may call anything by any digest.
      if (actual !== integrity)
        throw new ArError('INTEGRITY_MISMATCH', { archive: label, expected: integrity, actual });
    },
  };
}

/** The archive that a lock pins, unverified. @throws BUNDLE_LACKS, ARCHIVE_TOO_LARGE */
export async function readPinnedArchive(bundle: Bundle, integrity: Integrity, label: string): Promise<Buffer> {
  const entry = pinned(bundle, integrity, label);
  const limit = DEFAULT_ARCHIVE_LIMITS.archiveBytes;
  if (entry.size > limit) throw new ArError('ARCHIVE_TOO_LARGE', { archive: label, what: 'its size in bytes', limit });
  return bundle.read(entry);
}

function pinned({ manifest }: Bundle, pin: string, what: string): BundledFile {
  const entry = manifest.files.find((file) => file.pin === pin);
  if (entry) return entry;
  throw new ArError('BUNDLE_LACKS', { what });
}
