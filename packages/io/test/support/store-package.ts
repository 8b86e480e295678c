import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { filesIntegrity, integrityOf } from '@ar-registry/io/digest';
import type { StorePackage } from '@ar-registry/io/install-store';
import type { Integrity } from '@ar-registry/schemas';

export const PLUGIN = '@acme/hello';
const FILES = 40;

function contentOf(seed: string): ReadonlyMap<string, Buffer> {
  const names = Array.from({ length: FILES }, (_, index) => `dist/part-${index}.js`);
  return new Map(['ar-plugin.yaml', ...names].map((name) => [name, Buffer.from(`// ${seed} ${name}\n`.repeat(50))]));
}

/** An entry of the store whose files `fillPackage` writes; another one for another `seed`. */
export function samplePackage(seed: string): StorePackage {
  const files = [...contentOf(seed)].map(([name, bytes]) => ({
    path: name,
    size: bytes.length,
    integrity: integrityOf(bytes),
  }));
  return { name: PLUGIN, version: '1.0.0', integrity: integrityOf(Buffer.from(seed)), files, dependencies: false };
}

/** What a lockfile pins of it. */
export function lockOf(entry: StorePackage): { readonly integrity: Integrity; readonly files: Integrity } {
  return { integrity: entry.integrity, files: filesIntegrity(entry.files) };
}

export async function fillPackage(packageDir: string, seed: string): Promise<void> {
  for (const [name, bytes] of contentOf(seed)) {
    await mkdir(path.dirname(path.join(packageDir, name)), { recursive: true });
    await writeFile(path.join(packageDir, name), bytes);
  }
}
