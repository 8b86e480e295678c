/** Forty packages that plugins are likely to use, at versions that do not move. Fetched from npm by the test that needs them. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rename, mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { grantAll } from '@ar-registry/core/permission';
import { scanPackage, type ScanReport } from '../src/index.ts';

const run = promisify(execFile);

/** What a person has looked at in one version of a package. */
export interface Reviewed {
  readonly version: string;
  /** Code of the finding and file. */
  readonly code: readonly string[];
  readonly processes: readonly string[];
  readonly remark?: string | undefined;
}

/** The files of a package; undefined where npm cannot be reached. */
export async function fetchPackage(
  name: string,
  version: string,
): Promise<ReadonlyMap<string, Uint8Array> | undefined> {
  const cache = path.join(tmpdir(), 'ar-registry-popular-packages');
  const dir = path.join(cache, `${name.replace('/', '__')}@${version}`);
  if (!(await exists(dir)) && !(await download(`${name}@${version}`, dir, cache))) return undefined;
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const read = files.map(
    async (file) => [path.relative(dir, file).split(path.sep).join('/'), await readFile(file)] as const,
  );
  return new Map(await Promise.all(read));
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function download(spec: string, dir: string, cache: string): Promise<boolean> {
  await mkdir(cache, { recursive: true });
  const staging = await mkdtemp(path.join(cache, '.staging-'));
  try {
    const args = ['pack', spec, '--ignore-scripts', '--silent', '--pack-destination', staging];
    await run('npm', args, { cwd: staging, timeout: 120_000 });
    const [archive = ''] = await readdir(staging);
    await run('tar', ['-xzf', archive, '--no-same-owner'], { cwd: staging });
  } catch {
    return false; // offline, or without npm or tar: the caller says so
  }
  const top = (await readdir(staging, { withFileTypes: true })).find((entry) => entry.isDirectory());
  if (top) await rename(path.join(staging, top.name), dir).catch(() => undefined);
  return top !== undefined;
}

/** Nothing is declared, so that everything that is found is told. */
export function scanUndeclared(files: ReadonlyMap<string, Uint8Array>): Promise<ScanReport> {
  const manifest = {
    permissions: grantAll({}),
    config: { required: [], optional: [] },
    main: './index.js',
    dependencies: {},
  };
  // Sources of other languages and tests are shipped by some, and loaded by none.
  const shipped = Array.from(files).filter(
    ([file]) => !/\.[cm]?tsx?$|(?:^|\/)(?:tests?|__tests__|examples?|docs?|benchmarks?)\//.test(file),
  );
  return scanPackage({ files: new Map(shipped), manifest });
}

/** What needs a second look: files with dynamic code, and with processes. */
export function notable({ findings }: ScanReport, category: 'dynamic-code' | 'process'): readonly string[] {
  const found = findings.filter((each) => each.category === category && each.severity === 'error');
  return [...new Set(found.map(({ code, file }) => `${code} ${file}`))].toSorted();
}
