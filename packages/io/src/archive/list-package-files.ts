import { lstat, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type AuthorPackageJson, hasPrivateKey, isNeverPacked, mayHoldPrivateKey } from '@ar-registry/core/archive';
import { ArError } from '@ar-registry/core/errors';
import { MANIFEST_FILE } from '@ar-registry/core/layout';
import type { NormalizedManifest } from '@ar-registry/schemas';
import { readRegularFile } from '../digest/regular-file.ts';
import { systemCode } from '../digest/system-code.ts';
import { translateFileError } from '../files/index.ts';
import { type PackRules, type Walked, walkPackage } from './package-walker.ts';

/** What decides which files of a folder are packed. */
export interface PackSelection {
  readonly manifest: Pick<NormalizedManifest, 'name' | 'main' | 'types' | 'config'>;
  /** `files` of ar-plugin.yaml, which normalising drops. In its absence `files` of the author's package.json decide. */
  readonly files: readonly string[] | undefined;
  readonly packageJson?: AuthorPackageJson | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The generated file that replaces the author's own. */
export const PACKAGE_JSON = 'package.json';

/**
 * The files of `dir` that are packed: npm's rules (`files`, .npmignore, .gitignore; README and LICENSE always), and
 * besides always the manifest, `main`, `types` and the config schema, if they exist. Never installed modules,
 * repositories, `.env`, keys, and earlier archives of the plugin.
 *
 * Relative POSIX paths, sorted by code unit; package.json, which is generated, is among them.
 *
 * @throws FILE_NOT_FOUND for a folder that is not there, PACKAGE_FILE_REFUSED for links and what else is no file
 */
export async function listPackageFiles(dir: string, selection: PackSelection): Promise<string[]> {
  const { name } = selection.manifest;
  const { root, walked } = await walk(dir, packRules(selection));
  selection.signal?.throwIfAborted();
  const link = walked.irregular.find((path) => !isNeverPacked(path, name));
  if (link !== undefined) throw refused(link, 'it is a link, or not a file at all');
  const required = await Promise.all(requiredFiles(selection).map((path) => checkRequired(root, path)));
  const found = new Set([...walked.files, ...required.flat()].filter((path) => !isNeverPacked(path, name)));
  for (const path of found) {
    if (mayHoldPrivateKey(path) && (await holdsPrivateKey(join(root, path)))) found.delete(path);
  }
  selection.signal?.throwIfAborted();
  return [...found.add(PACKAGE_JSON)].toSorted((a, b) => (a < b ? -1 : 1));
}

async function walk(dir: string, rules: PackRules): Promise<{ readonly root: string; readonly walked: Walked }> {
  try {
    const root = await realpath(dir);
    return { root, walked: await walkPackage(root, rules) };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw new ArError('FILE_NOT_FOUND', { path: dir }, { cause: error });
    throw translateFileError(error, dir);
  }
}

function packRules({ files, packageJson, manifest }: PackSelection): PackRules {
  const listed = files ?? stringList(packageJson?.['files']);
  const bin = binTargets(packageJson?.['bin']);
  return { ...(listed === undefined ? {} : { files: listed }), main: withoutDot(manifest.main), bin };
}

function stringList(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter((item): item is string => typeof item === 'string');
}

/** `bin` of a package.json: one path, or names and paths. */
export function binTargets(bin: unknown): Readonly<Record<string, string>> {
  const entries = typeof bin === 'string' ? [['bin', bin] as const] : Object.entries(bin ?? {});
  const targets = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(targets.map(([name, path]) => [name, withoutDot(path)]));
}

function requiredFiles({ manifest }: PackSelection): readonly string[] {
  return [MANIFEST_FILE, manifest.main, manifest.types, manifest.config.schema]
    .filter((path) => path !== undefined)
    .map((path) => withoutDot(path));
}

/** The path in its plain form if a file is there, nothing if none is: that `main` is missing is for a rule to say. */
async function checkRequired(root: string, path: string): Promise<readonly string[]> {
  const wanted = join(root, path);
  if (!wanted.startsWith(root + sep)) throw refused(path, 'it is outside of the folder');
  try {
    if ((await lstat(wanted)).isDirectory()) return [];
    if ((await realpath(wanted)) === wanted) return [relative(root, wanted).replaceAll(sep, '/')];
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw translateFileError(error, path);
  }
  throw refused(path, 'it is a link or behind one, or its name is spelled otherwise in the folder');
}

/** A key file is small: what is larger than this is looked at in its beginning only. */
const KEY_LIMIT_BYTES = 64 * 1024;

async function holdsPrivateKey(path: string): Promise<boolean> {
  const { bytes } = await readRegularFile(path, KEY_LIMIT_BYTES);
  return hasPrivateKey(bytes.toString('latin1'));
}

function withoutDot(path: string): string {
  return path.replace(/^(?:\.\/)+/, '');
}

function refused(file: string, problem: string): ArError {
  return new ArError('PACKAGE_FILE_REFUSED', { file, problem });
}
