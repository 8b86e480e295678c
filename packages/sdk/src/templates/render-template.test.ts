import type { PluginType } from '@ar-registry/schemas';
import { validator as manifestValidator } from '@ar-registry/schemas/validators/plugin-manifest';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderTemplate, type TemplateOptions } from './index.ts';

const TYPES: readonly PluginType[] = ['bridge', 'storage', 'memory', 'policy', 'hook', 'widget'];

/** Characters that mean something to YAML, JSON, TypeScript, Markdown or a terminal. */
const HOSTILE = [
  `"; process.exit(1); //`,
  '${process.env.HOME} `id`',
  `key: value # comment`,
  `- !!js/function 'x' & *alias | > %`,
  `<script>alert(1)</script> [x](javascript:1)`,
  '\u0085x\u2028\u2029\ufeff\u009b31m\u007f',
  '\ud800 lone',
  '\\"\\',
];

describe('renderTemplate', () => {
  it.each(TYPES)('writes a valid manifest for the type %s', (type) => {
    const manifest: unknown = parse(text(render({ type }), 'ar-plugin.yaml'));
    expect(manifestValidator(manifest)).toMatchObject({ ok: true });
    expect(manifest).toMatchObject({ name: '@acme/example', version: '0.1.0', type, author: { name: 'acme' } });
  });

  it.each(TYPES)('tests a plugin by what the loader relies on in one of the type %s', (type) => {
    expect(text(render({ type }), 'test/index.test.ts')).toContain(` of ${type}Contract(`);
  });

  it.each(TYPES)('writes the files of a plugin of the type %s', (type) => {
    const paths = [...render({ type }).keys()];
    expect(paths).toEqual(
      expect.arrayContaining([
        'ar-plugin.yaml',
        'package.json',
        'tsconfig.json',
        'config-schema.json',
        'src/index.ts',
        'test/index.test.ts',
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
        '.gitignore',
      ]),
    );
    for (const path of paths) expect(text(render({ type }), path).endsWith('\n')).toBe(true);
  });

  it.each(TYPES)('gives the configuration of the type %s the same keys in the manifest and in its schema', (type) => {
    const files = render({ type });
    const manifest = parse(text(files, 'ar-plugin.yaml')) as { config: { required: string[]; optional: string[] } };
    const schema = JSON.parse(text(files, 'config-schema.json')) as { properties: object; required?: string[] };
    const { required, optional } = manifest.config;
    expect(Object.keys(schema.properties).toSorted()).toEqual([...required, ...optional].map(camelCase).toSorted());
    expect(schema.required ?? []).toEqual(required.map(camelCase));
    for (const key of [...required, ...optional]) expect(text(files, 'README.md')).toContain(`\`${key}\``);
  });

  it('takes over what the user said', () => {
    const files = render({ description: 'Talks to the moon', author: 'Neil Moon', license: 'Apache-2.0' });
    expect(parse(text(files, 'ar-plugin.yaml'))).toMatchObject({
      description: 'Talks to the moon',
      author: { name: 'Neil Moon' },
      license: 'Apache-2.0',
      repository: { type: 'git', url: 'https://github.com/acme/example' },
    });
    expect(JSON.parse(text(files, 'package.json'))).toMatchObject({
      name: '@acme/example',
      type: 'module',
      scripts: { build: 'tsc', test: 'node --test --test-timeout=60000 --test-force-exit' },
      engines: { node: '>=22.18' },
      devDependencies: { '@ar-registry/sdk': '^0.1.0' },
    });
    expect(text(files, 'LICENSE')).toContain('SPDX-License-Identifier: Apache-2.0');
  });

  it('puts the author into the MIT licence', () => {
    expect(text(render({ author: 'Neil Moon' }), 'LICENSE')).toMatch(/^MIT License\n\nCopyright \(c\) Neil Moon\n/);
  });

  it('fills in a blank description and author', () => {
    const manifest: unknown = parse(text(render({ description: ' \n ', author: '' }), 'ar-plugin.yaml'));
    expect(manifestValidator(manifest)).toMatchObject({ ok: true });
    expect(manifest).toMatchObject({ author: { name: 'acme' } });
  });

  it.each(HOSTILE)('keeps text that a user typed as text: %j', (typed) => {
    const files = render({ description: typed, author: typed, license: typed, sdkSpec: typed });
    const oneLine = typed.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
    const manifest: unknown = parse(text(files, 'ar-plugin.yaml'));
    expect(manifest).toMatchObject({ description: oneLine, author: { name: oneLine }, license: oneLine });
    expect(Object.keys(manifest as object)).toEqual(Object.keys(parse(text(render({}), 'ar-plugin.yaml')) as object));
    expect(JSON.parse(text(files, 'package.json'))).toMatchObject({ devDependencies: { '@ar-registry/sdk': typed } });
  });

  it.each(HOSTILE)('lets nothing that a user typed into code: %j', (typed) => {
    const plain = render({});
    const files = render({ description: typed, author: typed, license: typed, sdkSpec: typed });
    const code = [...files.keys()].filter((path) => /\.ts$|schema|tsconfig|gitignore/.test(path));
    expect(code.map((path) => files.get(path))).toEqual(code.map((path) => plain.get(path)));
  });

  it('shows a description in the README as it was typed', () => {
    const readme = text(render({ description: '<img src=x> [a](b) `c` *d*' }), 'README.md');
    expect(readme).toContain(String.raw`\<img src=x\> \[a\](b) \`c\` \*d\*`);
  });

  it('gives the same text for the same options', () => {
    expect([...render({})]).toEqual([...render({})]);
  });
});

function render(options: Partial<TemplateOptions>): ReadonlyMap<string, string> {
  return renderTemplate({ name: '@acme/example', type: 'bridge', sdkSpec: '^0.1.0', ...options });
}

function text(files: ReadonlyMap<string, string>, path: string): string {
  const content = files.get(path);
  if (content === undefined) throw new Error(`${path} was not written.`);
  return content;
}

function camelCase(key: string): string {
  return key.toLowerCase().replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
