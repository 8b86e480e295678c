import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALLOWED, importsIn, importsOf, violations } from './boundaries.ts';

const root = path.resolve(import.meta.dirname, '..');
const workspaces = Object.keys(ALLOWED).flatMap((pattern) =>
  pattern.endsWith('/*')
    ? fs.readdirSync(path.join(root, path.dirname(pattern))).map((name) => `${path.dirname(pattern)}/${name}`)
    : [pattern],
);

describe('the one direction of imports', () => {
  it.each(workspaces)('holds in %s', (workspace) => {
    const imports = importsOf(root, workspace);
    expect(imports.length).toBeGreaterThan(0);
    expect(violations(root, workspace, imports)).toEqual([]);
  });

  it('covers every workspace that is there', () => {
    const { workspaces: patterns } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      workspaces: readonly string[];
    };
    const folders = patterns.flatMap((pattern) =>
      pattern.endsWith('/*')
        ? fs.readdirSync(path.join(root, path.dirname(pattern))).map((name) => `${path.dirname(pattern)}/${name}`)
        : [pattern],
    );
    expect(new Set(folders)).toEqual(new Set(workspaces));
  });

  it.each([
    ['packages/core', "import { x } from '@ar-registry/io/git';"],
    ['cli', "import { x } from '@ar-registry/loader';"],
    ['cli', "const { x } = await import('@ar-registry/scripts/build');"],
    ['loader', "import { x } from '@ar-registry/io/api-client';"],
    ['loader', "import {\n  x,\n  y,\n} from '@ar-registry/io/git';"],
    ['packages/sdk', "import { x } from '@ar-registry/core/name';"],
    ['plugins/audit-logger', "export { x } from '@ar-registry/core/name';"],
    ['cli', "import { x } from '../../loader/src/start.ts';"],
  ])('refuses in %s: %s', (workspace, text) => {
    const imports = importsIn(text).map((found) => ({ file: `${workspace}/src/planted.ts`, ...found }));
    expect(violations(root, workspace, imports)).toHaveLength(1);
  });
});
