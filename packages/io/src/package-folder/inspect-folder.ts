/** Reads a plugin's folder as packing would, and checks it. Nothing in it is run. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '@ar-registry/core/errors';
import { finding, type Finding } from '@ar-registry/core/findings';
import { MANIFEST_FILE } from '@ar-registry/core/layout';
import type { PackageFile } from '@ar-registry/core/rules-package';
import pLimit from 'p-limit';
import { listPackageFiles, type PackSelection } from '../archive/list-package-files.ts';
import { readTextIfExists } from '../files/index.ts';
import { asWritten, filesToRead, type InspectedPackage, parsePackageJson, toInspected } from './inspected-package.ts';
import { readManifest } from './read-manifest.ts';

export interface InspectOptions {
  /** How a file of the package is called in findings. */
  readonly nameOf: (path: string) => string;
  readonly signal: AbortSignal;
  /** `pack`: what is not built is missing. */
  readonly purpose?: 'check' | 'pack';
}

const PACKAGE_JSON = 'package.json';
const TEXT_LIMIT_BYTES = 8 * 1024 * 1024;

/** @throws FILE_NOT_FOUND if the folder holds no ar-plugin.yaml; FILE_ACCESS */
export async function inspectFolder(
  dir: string,
  { nameOf, signal, purpose }: InspectOptions,
): Promise<InspectedPackage> {
  const { text: manifestText, parsed } = await readManifest(path.join(dir, MANIFEST_FILE), nameOf(MANIFEST_FILE));
  const jsonText = await readTextIfExists(path.join(dir, PACKAGE_JSON));
  const packageJson = jsonText === undefined ? undefined : parsePackageJson(jsonText);
  const texts = { parsed, manifestText, packageJson };
  const more: Finding[] = [];
  if (jsonText !== undefined && packageJson === undefined)
    more.push(finding('PACKAGE_REFUSED', { file: nameOf(PACKAGE_JSON) }, { problem: 'package.json is not JSON.' }));
  if (!parsed.source) return toInspected(texts, undefined, more);
  const written = asWritten(parsed.source.value);
  const listed = await listFiles(dir, { ...selectionOf(written), packageJson, signal });
  if (listed.refused !== undefined) {
    more.push(finding('PACKAGE_REFUSED', { file: nameOf(MANIFEST_FILE) }, { problem: listed.refused }));
    return toInspected(texts, undefined, more);
  }
  const toBeBuilt = purpose !== 'pack' && typeof asWritten(packageJson?.['scripts'])['build'] === 'string';
  const files = await measure(dir, listed.files, filesToRead(written));
  return toInspected(texts, { kind: 'folder', files, nameOf, toBeBuilt }, more);
}

/** The manifest as far as its parts are of the right form: the package is looked at though the schema refused others. */
function selectionOf(written: Readonly<Record<string, unknown>>): Pick<PackSelection, 'manifest' | 'files'> {
  const { name, main, types, files } = written;
  const { schema } = asWritten(written['config']);
  return {
    manifest: {
      name: typeof name === 'string' ? name : '',
      main: isInside(main) ? main : MANIFEST_FILE,
      ...(isInside(types) ? { types } : {}),
      config: { required: [], optional: [], ...(isInside(schema) ? { schema } : {}) },
    },
    files: Array.isArray(files) ? files.filter((item) => typeof item === 'string') : undefined,
  };
}

function isInside(file: unknown): file is string {
  return typeof file === 'string' && !path.posix.isAbsolute(file) && !/(?:^|[/\\])\.\.(?:[/\\]|$)/.test(file);
}

type Listed =
  | { readonly files: readonly string[]; readonly refused?: never }
  | { readonly files?: never; readonly refused: string };

async function listFiles(dir: string, selection: PackSelection): Promise<Listed> {
  try {
    return { files: await listPackageFiles(dir, selection) };
  } catch (error) {
    if (!hasCode(error, 'PACKAGE_FILE_REFUSED')) throw error;
    return { refused: `${error.facts.file}: ${error.facts.problem}.` };
  }
}

const READS_AT_ONCE = 16;

/** Sizes of all files, and the text of those that rules read. The generated package.json need not exist. */
async function measure(
  dir: string,
  paths: readonly string[],
  toRead: readonly string[],
): Promise<ReadonlyMap<string, PackageFile>> {
  const entries = await pLimit(READS_AT_ONCE).map([...paths], async (name): Promise<[string, PackageFile]> => {
    const file = path.join(dir, name);
    const info = await stat(file).catch(() => undefined);
    const sizeBytes = info?.size ?? 0;
    if (!toRead.includes(name) || sizeBytes > TEXT_LIMIT_BYTES) return [name, { sizeBytes }];
    const text = await readTextIfExists(file);
    return [name, text === undefined ? { sizeBytes } : { sizeBytes, text }];
  });
  return new Map(entries);
}
