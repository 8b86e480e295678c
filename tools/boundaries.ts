/**
 * The one direction of imports (docs/architecture.md), as data and as a check.
 *
 * What a file names in `from '…'` and `import('…')` is compared with what its workspace may use. The check also holds
 * that nobody reaches into another workspace by a relative path, and that what is imported is declared.
 */
import fs from 'node:fs';
import path from 'node:path';

/** Workspace folder → our own packages that it may import. */
export const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  schemas: [],
  'packages/core': ['schemas'],
  'packages/io': ['core', 'schemas'],
  'packages/scan': ['core', 'schemas'],
  // Its own name stands in the templates, which are texts of other projects.
  'packages/checks': ['core', 'scan', 'schemas'],
  'packages/sdk': ['schemas', 'sdk'],
  'packages/testing': ['core', 'io', 'schemas'],
  scripts: ['checks', 'core', 'io', 'scan', 'schemas'],
  cli: ['checks', 'core', 'io', 'sdk', 'schemas'],
  loader: ['core', 'io', 'sdk', 'schemas'],
  site: ['core', 'schemas'],
  'plugins/*': ['sdk'],
  'examples/*': ['sdk'],
};

/** Parts of io that the loader may use: it has no network and no git. `telemetry` starts a process that has one. */
export const LOADER_IO: readonly string[] = [
  'daemon-socket',
  'install-store',
  'project',
  'files',
  'digest',
  'lock',
  'net-address',
  'advisories',
  'telemetry',
];

export interface Import {
  readonly file: string;
  readonly specifier: string;
  /** `import type` leaves nothing at run time. */
  readonly typeOnly: boolean;
}

/** Every import of the product code of a workspace, in the order of files and lines. */
export function importsOf(root: string, workspace: string): readonly Import[] {
  const source = path.join(root, workspace, 'src');
  if (!fs.existsSync(source)) return [];
  return fs
    .readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes(`templates${path.sep}files`))
    .toSorted()
    .flatMap((file) => {
      const text = fs.readFileSync(path.join(source, file), 'utf8');
      return importsIn(text).map((found) => ({ file: path.join(workspace, 'src', file), ...found }));
    });
}

/** @param text TypeScript, formatted: import statements start a line. */
export function importsIn(text: string): readonly Omit<Import, 'file'>[] {
  const statements = /^(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
  const dynamic = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;
  return [
    ...[...text.matchAll(statements)].map(([, type, specifier = '']) => ({ specifier, typeOnly: type !== undefined })),
    ...[...text.matchAll(dynamic)].map(([, specifier = '']) => ({ specifier, typeOnly: false })),
  ];
}

/** Sentences about imports that break the rules; empty if none does. */
export function violations(root: string, workspace: string, imports: readonly Import[]): readonly string[] {
  const allowed = ALLOWED[workspace] ?? ALLOWED[`${workspace.split('/')[0] ?? ''}/*`] ?? [];
  return imports.flatMap(({ file, specifier }) => {
    if (specifier.startsWith('.')) {
      const target = path.join(root, path.dirname(file), specifier);
      return target.startsWith(path.join(root, workspace) + path.sep) ? [] : [`${file} reaches out by ${specifier}`];
    }
    const [, own, subpath] = /^@ar-registry\/([^/]+)(?:\/(.+))?$/.exec(specifier) ?? [];
    if (own === undefined) return [];
    if (!allowed.includes(own)) return [`${file} may not import ${specifier}`];
    if (workspace === 'loader' && own === 'io' && !LOADER_IO.includes(subpath ?? ''))
      return [`${file} may not import ${specifier}: the loader has no network and no git`];
    return [];
  });
}
