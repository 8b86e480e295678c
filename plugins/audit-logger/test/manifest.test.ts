import { readFileSync } from 'node:fs';
import type { NormalizedManifest } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/plugin-manifest';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const manifest = parse(read('ar-plugin.yaml')) as NormalizedManifest;
const packageJson = JSON.parse(read('package.json')) as Record<string, unknown>;

it('is a valid manifest of a hook', () => {
  expect(validator(manifest)).toMatchObject({ ok: true });
  expect(manifest.type).toBe('hook');
});

it('agrees with package.json', () => {
  expect(manifest).toMatchObject({
    name: packageJson['name'],
    version: packageJson['version'],
    description: packageJson['description'],
    license: packageJson['license'],
    repository: packageJson['repository'],
    main: `./${String(packageJson['main'])}`,
  });
  expect(manifest.dependencies).toEqual(packageJson['dependencies']);
});

it('lists the keys of its configuration schema', () => {
  const schema = JSON.parse(read('config-schema.json')) as { properties: object };
  const keys = (manifest.config.optional ?? []).map((key) =>
    key.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  );
  expect(Object.keys(schema.properties).toSorted()).toEqual(keys.toSorted());
});

it('holds numbers that are given as text, as the environment has them, to the limits of numbers', () => {
  const { properties } = JSON.parse(read('config-schema.json')) as { properties: Record<string, { anyOf?: Form[] }> };
  const bounded = Object.values(properties).flatMap(({ anyOf }) => {
    const [number, text] = [anyOf?.find((form) => form.maximum !== undefined), anyOf?.find((form) => form.pattern)];
    return number && text ? [{ ...number, pattern: new RegExp(text.pattern ?? '', 'u') }] : [];
  });
  expect(bounded.length).toBeGreaterThan(0);
  for (const { minimum = 0, maximum = 0, pattern } of bounded) {
    const taken = Array.from({ length: 1_100_000 }, (_, value) => value).filter((value) => pattern.test(String(value)));
    expect([taken[0], taken.at(-1), taken.length]).toEqual([minimum, maximum, maximum - minimum + 1]);
  }
});

interface Form {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
}

function read(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}
