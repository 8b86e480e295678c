import { normalizeManifest } from '@ar-registry/core/manifest';
import { stringifyRecord } from '@ar-registry/core/yaml';
import type { NormalizedManifest, PluginManifest } from '@ar-registry/schemas';

/** Fields of a manifest as an author writes them, those of its type among them. */
export type ManifestOverrides = Partial<PluginManifest> & Readonly<Record<string, unknown>>;

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
  return { ...MINIMAL, ...overrides };
}

/** The same as the text of `ar-plugin.yaml`. A key that is overridden with `undefined` is left out. */
export function testManifestText(overrides: ManifestOverrides = {}): string {
  const entries = Object.entries(authoredManifest(overrides)).filter(([, value]) => value !== undefined);
  return stringifyRecord(Object.fromEntries(entries));
}

/** The same in its normal form, as records and API documents hold it. */
export function testManifest(overrides: ManifestOverrides = {}): NormalizedManifest {
  return normalizeManifest(authoredManifest(overrides));
}
