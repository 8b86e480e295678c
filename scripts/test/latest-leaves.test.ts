/** What is published out of the latest archive besides its README as text: pictures, and the schema of its configuration. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { describe, expect, it } from 'vitest';
import { build } from '../src/stages/build/index.ts';
import { INDEX_FILES, testRegistry } from './registry-fixture.ts';
import { SAMPLES } from './support/pictures.ts';

const NAME = '@acme/audit';
const SCHEMA = { type: 'object', properties: { level: { type: 'string' } } };

/** @returns what reads the output; undefined for what is not in it */
async function built(files: Readonly<Record<string, string | Uint8Array>>) {
  const registry = await testRegistry();
  const index = join(registry.folder, 'index');
  const manifest = { config: { schema: './settings.json' } };
  const submission = await registry.submission(NAME, '1.0.0', { manifest, files });
  for (const [path, content] of [...Object.entries(INDEX_FILES), ...submission]) {
    await mkdir(dirname(join(index, path)), { recursive: true });
    await writeFile(join(index, path), content);
  }
  const out = join(registry.folder, 'out');
  const run = async () => (await build({ source: { folder: index }, out })).findings.map(({ code }) => code);
  const read = (path: string) => readFile(join(out, path)).catch(() => undefined);
  await run();
  return { again: run, read };
}

describe('the latest archive', () => {
  it('gives the pictures that its README shows, beside it, and again from what was kept', async () => {
    const picture = SAMPLES['PNG'] ?? new Uint8Array();
    const files = {
      'README.md': '![A screen](./docs/screen.png) ![None](docs/none.png)',
      'docs/screen.png': picture,
      'docs/other.png': SAMPLES['GIF'] ?? picture,
      'settings.json': '{}',
    };
    const { again, read } = await built(files);
    const html = String(await read(routes.readmeHtml(NAME)));
    const [, file = ''] = /<img src="readme-images\/([0-9a-f]{32}\.png)" alt="A screen"/.exec(html) ?? [];
    expect((await read(routes.readmeImage(NAME, file)))?.length).toBeGreaterThan(100);
    expect([html.match(/<img/g)?.length, html.includes('None')]).toEqual([1, true]);
    await again();
    expect(String(await read(routes.readmeHtml(NAME)))).toBe(html);
    expect((await read(routes.readmeImage(NAME, file)))?.length).toBeGreaterThan(100);
  });

  it('gives the schema of its configuration, which pages show', async () => {
    const { read } = await built({ 'README.md': 'x', 'settings.json': JSON.stringify(SCHEMA) });
    expect(JSON.parse(String(await read(routes.configSchema(NAME))))).toEqual(SCHEMA);
  });

  it.each([
    ['is no JSON', '{'],
    ['is no schema of settings', '{"type":"array"}'],
    ['refers to elsewhere', '{"type":"object","properties":{"a":{"$ref":"https://evil.test/x.json"}}}'],
    [
      'is deeper than any reader goes',
      `{"type":"object","properties":{"a":${'{"items":'.repeat(50_000)}{}${'}'.repeat(50_000)}}}`,
    ],
  ])('gives no schema that %s', async (_title, settings) => {
    const { read } = await built({ 'README.md': 'x', 'settings.json': settings });
    expect([await read(routes.configSchema(NAME)), String(await read(routes.readme(NAME)))]).toEqual([undefined, 'x']);
  });
});
