import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NormalizedManifest } from '@ar-registry/schemas';

/** The manifest of a plugin that asks for nothing. */
export const SAMPLE_MANIFEST: NormalizedManifest = {
  name: '@acme/hello',
  version: '1.0.0',
  type: 'hook',
  description: 'Greets those who connect',
  author: { name: 'Acme' },
  repository: { type: 'git', url: 'https://example.com/acme/hello.git' },
  license: 'MIT',
  main: './dist/index.js',
  config: { required: [], optional: [] },
  dependencies: {},
  peerDependencies: {},
  tags: ['greeting'],
  permissions: {
    network: [],
    filesystem: { read: [], write: [] },
    childProcess: [],
    nativeAddons: false,
    workers: false,
    codeGeneration: false,
    env: [],
  },
  hooks: { onConnect: true },
  outputs: [],
};

/** The files of that plugin; the manifest's text is not parsed by what packs it. */
export const SAMPLE_FILES: Readonly<Record<string, string>> = {
  'ar-plugin.yaml': 'name: "@acme/hello"\nversion: 1.0.0\n',
  'README.md': '# Hello\n',
  LICENSE: 'MIT\n',
  'dist/index.js': 'export default { name: "@acme/hello" };\n',
  'dist/bin/greet.js': '#!/usr/bin/env node\nconsole.log("hello");\n',
  'src/index.ts': 'export default { name: "@acme/hello" };\n',
};

/** Writes files, path → text, below `dir`. */
export async function writeTree(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}
