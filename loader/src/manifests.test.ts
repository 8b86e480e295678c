import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createManifestReader } from './manifests.ts';

const dir = mkdtempSync(join(tmpdir(), 'ar-manifests-'));
afterAll(() => rmSync(dir, { recursive: true }));

function write(version: string): void {
  writeFileSync(
    join(dir, 'ar-plugin.yaml'),
    `name: "@test/p"
version: "${version}"
type: bridge
description: A plugin of a test
author: { name: Test }
repository: { type: git, url: "https://example.com/test" }
license: MIT
main: ./index.js
provides: [{ bidirectional: true, external: outside, internal: inside }]
`,
  );
}

test('a manifest is parsed when it is first read, and when it has changed', async () => {
  const manifests = createManifestReader();
  write('1.0.0');
  const first = await manifests.read(dir);
  expect(first.version).toBe('1.0.0');
  expect(await manifests.read(dir)).toBe(first);
  write('1.0.1');
  expect((await manifests.read(dir)).version).toBe('1.0.1');
});

test('one that is broken is told of each time, and is not remembered as what it was', async () => {
  const manifests = createManifestReader();
  write('1.0.0');
  await manifests.read(dir);
  writeFileSync(join(dir, 'ar-plugin.yaml'), 'name: [');
  await expect(manifests.read(dir)).rejects.toMatchObject({ code: 'FILE_INVALID' });
  await expect(manifests.read(dir)).rejects.toMatchObject({ code: 'FILE_INVALID' });
  rmSync(join(dir, 'ar-plugin.yaml'));
  await expect(manifests.read(dir)).rejects.toMatchObject({ code: 'FILE_ACCESS' });
});
