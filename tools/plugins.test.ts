/** What holds for every plugin of this repository: its descriptions say the same. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isError } from '@ar-registry/core/findings';
import { parseManifest } from '@ar-registry/core/manifest';
import { toCamelCase } from '@ar-registry/core/text';
import { checkContents } from '@ar-registry/checks';
import { readArchive } from '@ar-registry/io/archive';
import { integrityOf } from '@ar-registry/io/digest';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = path.resolve(import.meta.dirname, '..');

/** Folder → the scope that its plugins are published under. Those of the second are no official ones. */
const SCOPES = { plugins: '@ar', examples: '@example' } as const;

const PLUGINS = Object.entries(SCOPES).flatMap(([folder, scope]) =>
  readdirSync(path.join(ROOT, folder)).map((name) => ({
    folder: path.join(ROOT, folder, name),
    name: `${scope}/${name}`,
  })),
);

interface ConfigSchema {
  readonly properties: Readonly<Record<string, { readonly anyOf?: readonly Form[] }>>;
}

interface Form {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
}

describe.each(PLUGINS)('$name', ({ folder, name }) => {
  const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
  const { manifest, findings } = parseManifest(read('ar-plugin.yaml'), 'ar-plugin.yaml');
  const { properties } = JSON.parse(read('config-schema.json')) as ConfigSchema;

  it('has a valid manifest', () => {
    expect(findings.filter(isError)).toEqual([]);
    expect(manifest?.name).toBe(name);
  });

  it('says the same in package.json', () => {
    const {
      main,
      dependencies = {},
      name: packageName,
      ...facts
    } = JSON.parse(read('package.json')) as Record<string, unknown>;
    const { version, description, license, repository } = facts;
    expect(manifest).toMatchObject({ version, description, license, repository, main: `./${String(main)}` });
    expect(packageName).toBe(name);
    expect(manifest?.dependencies).toEqual(dependencies);
  });

  it('tells its version in the changelog', () => {
    expect(read('CHANGELOG.md')).toMatch(new RegExp(`^## ${manifest?.version.replaceAll('.', '\\.')}$`, 'm'));
  });

  it('describes a version that is published as it was published', () => {
    const record = path.join(ROOT, 'registry-index/plugins', name, 'versions', `${manifest?.version ?? ''}.yaml`);
    if (!existsSync(record)) return;
    const { dist } = parse(readFileSync(record, 'utf8')) as { dist: { files: { path: string; integrity: string }[] } };
    // Building and packing make the others.
    const written = dist.files.filter(({ path: file }) => !/^(?:dist\/|package\.json$)/.test(file));
    const changed = written.filter(({ path: file, integrity }) => integrityOf(Buffer.from(read(file))) !== integrity);
    expect(written.length).toBeGreaterThan(4);
    expect(changed.map((file) => file.path)).toEqual([]);
  });

  it('has no finding of those who look into it, in its latest version as it is published: nothing is waived', async () => {
    const dir = path.join(ROOT, 'registry-index/plugins', name);
    const { distTags } = parse(readFileSync(path.join(dir, 'status.yaml'), 'utf8')) as { distTags: { latest: string } };
    const record = readFileSync(path.join(dir, 'versions', `${distTags.latest}.yaml`), 'utf8');
    const { dist } = parse(record) as { dist: { integrity: string } };
    const hex = Buffer.from(dist.integrity.replace('sha512-', ''), 'base64').toString('hex');
    const bytes = readFileSync(path.join(ROOT, 'registry-index/store/sha512', hex.slice(0, 2), `${hex.slice(2)}.tgz`));
    const packed = await readArchive({ bytes, label: name });
    const files = new Map(Array.from(packed.files, ([file, { bytes: content }]) => [file, content]));
    const published = parseManifest(packed.manifestText, 'ar-plugin.yaml');
    const { checks } = await checkContents(
      { files, manifest: published.manifest },
      { advisories: undefined, nowMs: 0 },
    );
    const codes = checks.flatMap((check) => check.findings.map(({ code }) => code));
    // Whose a reserved scope is, the index says.
    expect(codes.filter((code) => code !== 'SCOPE_RESTRICTED')).toEqual([]);
  });

  it('locks the dependencies that it has, for the version that it is', () => {
    const hasLock = existsSync(path.join(folder, 'ar-deps.lock.json'));
    expect(hasLock).toBe(Object.keys(manifest?.dependencies ?? {}).length > 0);
    if (!hasLock) return;
    const { packages } = JSON.parse(read('ar-deps.lock.json')) as { packages: Record<string, unknown> };
    expect(packages['']).toMatchObject({ name, dependencies: manifest?.dependencies });
  });

  it('explains every key in its README, and what its permissions are for', () => {
    const readme = read('README.md');
    const keys = [...(manifest?.config.required ?? []), ...(manifest?.config.optional ?? [])];
    expect(keys.filter((key) => !readme.includes(`\`${key}\``))).toEqual([]);
    expect(readme).toMatch(/^## Permissions$/m);
  });

  it('says in its README which keys are required', () => {
    const rows = read('README.md')
      .split('\n')
      .filter((line) => line.startsWith('|'));
    const required = manifest?.config.required ?? [];
    const silent = required.filter(
      (key) => !rows.some((row) => row.includes(`\`${key}\``) && row.includes('required')),
    );
    expect(silent).toEqual([]);
  });

  it('lists the keys of its configuration schema', () => {
    const keys = [...(manifest?.config.required ?? []), ...(manifest?.config.optional ?? [])].map(toCamelCase);
    expect(Object.keys(properties).toSorted()).toEqual(keys.toSorted());
  });

  it('holds numbers that are given as text, as the environment has them, to the limits of numbers', () => {
    for (const { anyOf = [] } of Object.values(properties)) {
      const { minimum = 0, maximum } = anyOf.find((form) => form.maximum !== undefined) ?? {};
      const { pattern } = anyOf.find((form) => form.pattern !== undefined) ?? {};
      if (maximum === undefined || pattern === undefined) continue;
      const expression = new RegExp(pattern, 'u');
      const taken = Array.from({ length: 1_100_000 }, (_, value) => value).filter((value) =>
        expression.test(String(value)),
      );
      expect([taken[0], taken.at(-1), taken.length]).toEqual([minimum, maximum, maximum - minimum + 1]);
    }
  });
});
