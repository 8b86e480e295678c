/**
 * The site as Astro compiles it: kept under a hash of all that it is made of, so that whoever builds the pages of a few
 * plugins does not compile first. A compiled site has no data in it, but the address that it is served at.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SETTING_NAMES } from '../data/settings.ts';
import { hashSources } from './source-hash.ts';

export interface CompiledSite {
  /** Changes whenever a page could, the data being the same. */
  readonly hash: string;
  /** Address of the module with `renderPath`; `src/render.ts`. */
  readonly entry: string;
  /** Folder of assets and of `public/`, at their site paths. */
  readonly assets: string;
}

export interface CompileInput {
  /** `site/`; absolute, as are all folders here. */
  readonly root: string;
  readonly baseUrl: string;
  /** Of this build, within `root`. */
  readonly work: string;
  readonly signal: AbortSignal;
}

export async function compileSite(input: CompileInput): Promise<CompiledSite> {
  const { root, baseUrl } = input;
  const hash = await hashSources(root, baseUrl);
  // Within the site's folder: the code finds its packages by place.
  const kept = path.join(root, '.astro/compiled');
  const folder = path.join(kept, hash);
  if (!existsSync(folder)) {
    const output = await runAstro(input);
    await mkdir(kept, { recursive: true });
    await moveUnlessThere(output, folder);
    await forgetUnused(kept);
  }
  const now = new Date();
  await utimes(folder, now, now);
  return {
    hash,
    entry: pathToFileURL(path.join(folder, 'server/entry.mjs')).href,
    assets: path.join(folder, 'client'),
  };
}

async function runAstro({ root, baseUrl, work, signal }: CompileInput): Promise<string> {
  const program = fileURLToPath(new URL('compile-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=ar-source', program], {
    cwd: root,
    env: {
      ...process.env,
      ASTRO_TELEMETRY_DISABLED: '1',
      [SETTING_NAMES.url]: baseUrl,
      [SETTING_NAMES.work]: work,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
    signal,
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`The pages could not be compiled: ${code ?? 'ended from outside'}.`);
  return path.join(work, 'out');
}

/** Another build may have made the same in the meantime. */
async function moveUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** Of earlier sources and other addresses, that nobody asked for in a week. */
async function forgetUnused(kept: string): Promise<void> {
  for (const name of await readdir(kept)) {
    const folder = path.join(kept, name);
    if (Date.now() - (await stat(folder)).mtimeMs > KEPT_MS) await rm(folder, { recursive: true, force: true });
  }
}
