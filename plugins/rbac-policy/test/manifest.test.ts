import { readFileSync } from 'node:fs';
import type { NormalizedManifest } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/plugin-manifest';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const manifest = parse(read('ar-plugin.yaml')) as NormalizedManifest;
const packageJson = JSON.parse(read('package.json')) as Record<string, unknown>;

it('is a valid manifest of a policy', () => {
  expect(validator(manifest)).toMatchObject({ ok: true });
  expect(manifest.type).toBe('policy');
});

it('agrees with package.json', () => {
  expect(manifest).toMatchObject({
    name: packageJson['name'],
    version: packageJson['version'],
    description: packageJson['description'],
    license: packageJson['license'],
    repository: packageJson['repository'],
    dependencies: packageJson['dependencies'],
    main: `./${String(packageJson['main'])}`,
  });
});

it('lists the keys of its configuration schema', () => {
  const schema = JSON.parse(read('config-schema.json')) as { properties: object };
  const keys = [...(manifest.config.required ?? []), ...(manifest.config.optional ?? [])].map((key) =>
    key.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  );
  expect(Object.keys(schema.properties).toSorted()).toEqual(keys.toSorted());
});

function read(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}
