import { archiveLimits } from '@ar-registry/core/archive';
import { isArError } from '@ar-registry/core/errors';
import {
  hostileArchives,
  MANIFEST_TEXT,
  oddArchives,
  pluginWith,
  rawGzip,
  rawTar,
} from '@ar-registry/testing/archives';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeFiles } from './describe-files.ts';
import { readArchive } from './read-archive.ts';

describe('a hostile archive is refused', () => {
  test.each(hostileArchives())('$name', async ({ bytes, expect: code, name }) => {
    await expect(readArchive({ bytes, label: name })).rejects.toMatchObject({ code, facts: { archive: name } });
  });
});

describe('an archive that npm clients would obey is refused', () => {
  test.each(['.npmrc', 'binding.gyp', 'lib/.env'])('%s', async (path) => {
    const reading = readArchive(pluginWith({ path: `package/${path}`, body: '{}' }));
    await expect(reading).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });
});

describe('an odd but honest archive is read', () => {
  test.each(oddArchives())('$name', async ({ bytes, holds }) => {
    const { files } = await readArchive(bytes);
    expect([...files.keys()]).toEqual(expect.arrayContaining(['ar-plugin.yaml', ...holds]));
  });
});

describe('what is read', () => {
  test('is the manifest and all files, sorted, without the top folder and without folders', async () => {
    const bytes = pluginWith({ path: 'package/lib/', type: '5' }, { path: 'package/B.js', body: 'b', mode: 0o755 });
    const contents = await readArchive(bytes);
    expect(contents.manifestText).toBe(MANIFEST_TEXT);
    expect([...contents.files.keys()]).toEqual(['B.js', 'ar-plugin.yaml', 'index.js', 'package.json']);
    expect(contents.files.get('B.js')).toEqual({ bytes: Buffer.from('b'), executable: true });
    expect(contents.files.get('index.js')?.executable).toBe(false);
  });

  test('is counted without what the tar adds', async () => {
    const contents = await readArchive(pluginWith());
    const sizes = describeFiles(contents).map(({ size }) => size);
    expect(contents.unpackedBytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
  });

  test('is described by path, size and integrity', async () => {
    expect(describeFiles(await readArchive(pluginWith({ path: 'package/abc', body: 'abc' })))[0]).toEqual({
      path: 'abc',
      size: 3,
      integrity: 'sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==',
    });
  });
});

describe('limits', () => {
  const bytes = pluginWith({ path: 'package/big.js', body: Buffer.alloc(1000, 'x') });

  test.each([
    { archiveBytes: bytes.length - 1 },
    { unpackedBytes: 1200 },
    { fileBytes: 999 },
    { fileCount: 3 },
    { pathBytes: 13 },
    { depth: 0 },
  ])('of the caller hold: %j', async (limits) => {
    await expect(readArchive(bytes, archiveLimits(limits))).rejects.toSatisfy(isArError);
  });

  test('that are just reached are not exceeded', async () => {
    const { unpackedBytes } = await readArchive(bytes);
    const limits = {
      archiveBytes: bytes.length,
      unpackedBytes,
      fileBytes: 1000,
      fileCount: 4,
      pathBytes: 14,
      depth: 1,
    };
    await expect(readArchive(bytes, archiveLimits(limits))).resolves.toBeDefined();
  });
});

test('reading ends with the reason of the signal', async () => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const reading = readArchive(
    pluginWith({ path: 'package/a', body: Buffer.alloc(5_000_000) }),
    undefined,
    controller.signal,
  );
  controller.abort(reason);
  await expect(reading).rejects.toBe(reason);
});

describe('whatever bytes arrive', () => {
  test('a file is read or refused, and nothing else happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        expect(await outcome(bytes)).toMatch(/^ARCHIVE_/);
      }),
    );
  });

  test('a tar with changed bytes is read or refused, and nothing else happens', async () => {
    const tar = Buffer.from(rawTar([{ path: 'package/ar-plugin.yaml', body: 'x' }, { path: 'package/a/b' }]));
    const change = fc.tuple(fc.nat(tar.length - 1), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const changed = Buffer.from(tar);
        for (const [at, byte] of changes) changed[at] = byte;
        expect(await outcome(rawGzip(changed))).toMatch(/^(?:read|ARCHIVE_INVALID|ARCHIVE_TOO_LARGE)$/);
      }),
      { numRuns: 1000 },
    );
  });
});

async function outcome(bytes: Uint8Array): Promise<string> {
  try {
    await readArchive(bytes);
    return 'read';
  } catch (error) {
    return isArError(error) ? error.code : String(error);
  }
}
