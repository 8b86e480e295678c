/** Plugins of this repository as they are packed, in a test's project. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from './project.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** @param folders of their sources, from the root of the repository */
export async function buildPlugins(folders: readonly string[]): Promise<void> {
  const paths = folders.map((folder) => join(ROOT, folder));
  await promisify(execFile)(process.execPath, [TSC, '--build', ...paths]);
}

/**
 * The files that are packed, and what npm would install for them. Copied: a sandboxed plugin may not hold links.
 *
 * @param folder of its source, from the root of the repository
 */
export function addPlugin(project: TestProject, folder: string): void {
  const source = join(ROOT, folder);
  const target = join(project.dir, basename(folder));
  const { files = [], dependencies = {} } = readPackage(source);
  for (const file of globSync([...files, 'package.json'], { cwd: source }))
    cpSync(join(source, file), join(target, file));
  copyDependencies(Object.keys(dependencies), join(source, 'package.json'), target);
}

function copyDependencies(names: readonly string[], from: string, folder: string): void {
  for (const name of names) {
    const target = join(folder, 'node_modules', name);
    const source = packageFolder(name, from);
    if (existsSync(target)) continue;
    cpSync(source, target, { recursive: true, dereference: true, filter: (path) => !path.includes('/.bin') });
    const { dependencies = {} } = readPackage(source);
    copyDependencies(Object.keys(dependencies), join(source, 'package.json'), folder);
  }
}

function readPackage(folder: string): PackageFacts {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageFacts;
}

interface PackageFacts {
  readonly files?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
}

function packageFolder(name: string, from: string): string {
  const found = createRequire(from)
    .resolve.paths(name)
    ?.map((folder) => join(folder, name))
    .find((folder) => existsSync(join(folder, 'package.json')));
  if (found === undefined) throw new Error(`${name} is not installed for ${dirname(from)}.`);
  return found;
}
