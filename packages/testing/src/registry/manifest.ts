import { normalizeManifest } from '@ar-registry/core/manifest';
import { stringifyRecord } from '@ar-registry/core/yaml';
import type { NormalizedManifest, PluginManifest } from '@ar-registry/schemas';

/** Fields of a manifest as an author writes them, those of its type among them; `undefined` leaves one out. */
export type ManifestOverrides = { readonly [Key in keyof PluginManifest]?: PluginManifest[Key] | undefined } & Readonly<
  Record<string, unknown>
>;

const MINIMAL: PluginManifest = {
  name: '@acme/hello',
  version: '1.0.0',
  type: 'bridge',
  description: 'Says hello',
  author: { name: 'Acme' },
  repository: { type: 'git', url: 'https://example.com/acme/hello.git' },
  license: 'MIT',
  main: './dist/index.js',
};

/** A valid manifest as an author writes it: the required fields, and `overrides`. */
export function authoredManifest(overrides: ManifestOverrides = {}): PluginManifest {
  const entries = Object.entries({ ...MINIMAL, ...overrides }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as unknown as PluginManifest;
}

/** The same as the text of `ar-plugin.yaml`. */
export function testManifestText(overrides: ManifestOverrides = {}): string {
  return stringifyRecord(authoredManifest(overrides));
}

/** The same in its normal form, as records and API documents hold it. */
export function testManifest(overrides: ManifestOverrides = {}): NormalizedManifest {
  return normalizeManifest(authoredManifest(overrides));
}
