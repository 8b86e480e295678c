import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SRC = dirname(dirname(fileURLToPath(import.meta.url)));

test('what runs in a plugin’s process imports nothing of the loader but the bridge', () => {
  const files = globSync(['guest/*.ts', 'bridge/*.ts'], { cwd: SRC }).filter((file) => !file.endsWith('.test.ts'));
  const imports = files.flatMap((file) =>
    [...readFileSync(`${SRC}/${file}`, 'utf8').matchAll(/^(?:import|export) (?!type ).*?from '([^']+)'/gm)].map(
      ([, from]) => from,
    ),
  );
  expect(imports.filter((from) => !/^(?:node:|\.\/|\.\.\/bridge\/)/.test(from ?? ''))).toEqual([]);
  expect(files.length).toBeGreaterThan(10);
});
