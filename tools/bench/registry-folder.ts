import fs from 'node:fs';
import path from 'node:path';
import { serveRegistry } from '@ar-registry/testing/served-registry';

/** The plugins of the registry that `writeRegistry` makes: small, each with the files of the sample. */
export function pluginNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `@acme/plugin-${index}`);
}

/** Writes a registry of small plugins into `folder`, as static files. */
export async function writeRegistry(folder: string, count: number): Promise<void> {
  await using registry = await serveRegistry(pluginNames(count).map((name) => ({ manifest: { name } })));
  for (const [route, bytes] of registry.files) {
    const file = path.join(folder, route);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, bytes);
  }
}
