/**
 * Building the pages: the program of the workspace `site` over a built API, as a process of its own, since applications
 * meet in files alone. It keeps what is there and renders what changed.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import { toSingleLine, truncate } from '@ar-registry/core/text';

export interface SiteInput {
  /** Folder that `build` wrote; absolute. */
  readonly api: string;
  /** Where the pages go; absolute. May be the same. */
  readonly out: string;
  readonly baseUrl: string;
  /** Render everything, also what has not changed. */
  readonly full: boolean;
  /** Look at every document of the API, whatever its log says of what builds wrote. */
  readonly verify: boolean;
}

export interface SiteOutcome {
  /** Files. */
  readonly written: number;
  readonly unchanged: number;
  readonly deleted: number;
  /** Pages of plugins, versions and lists that were rendered; others are rendered each time. */
  readonly rendered: number;
  /** Plugins that the search finds. */
  readonly searchable: number;
}

const PROGRAM = 'site/src/build/main.ts';
/** What V8 made of its sources, and these without their types: a third of what a change of one plugin took. */
const CODE_CACHE = '../../../.astro/code';
/** Young objects get little room: a build of ten thousand plugins takes a fifth less memory, and as long. */
const FLAGS = ['--conditions=ar-source', '--max-semi-space-size=4'] as const;

/** @throws FILE_NOT_FOUND without a built API, SITE_NOT_INSTALLED, SITE_FAILED, and `signal.reason` when aborted */
export async function buildSite(
  { api, out, baseUrl, full, verify }: SiteInput,
  { env, signal }: { readonly env: Readonly<Record<string, string | undefined>>; readonly signal: AbortSignal },
): Promise<SiteOutcome> {
  const config = path.join(api, routes.config);
  if (!existsSync(config)) throw new ArError('FILE_NOT_FOUND', { path: config });
  const flags = [...(full ? ['--full'] : []), ...(verify ? ['--verify'] : [])];
  const args = ['--api', api, '--out', out, '--base-url', baseUrl, ...flags];
  const program = findProgram(path.dirname(fileURLToPath(import.meta.url)));
  const child = spawn(process.execPath, [...FLAGS, program, ...args], {
    env: { ...env, NO_COLOR: '1', NODE_COMPILE_CACHE: path.join(program, CODE_CACHE) },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const [said, errors] = [collect(child.stdout), collect(child.stderr)];
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
  const last = said().trimEnd().split('\n').at(-1) ?? '';
  if (status === 0) return JSON.parse(last) as SiteOutcome;
  throw new ArError('SITE_FAILED', { reason: reasonIn(errors() || said()) });
}

/**
 * In the repository, above the sources of this file, what is compiled of them and what is bundled. The package on npm has no
 * pages: they are compiled of sources, by Astro, for the address that they will have.
 *
 * @param start folder; absolute @throws SITE_NOT_INSTALLED where it is in no clone
 */
export function findProgram(start: string): string {
  for (let folder = start; path.dirname(folder) !== folder; folder = path.dirname(folder))
    if (existsSync(path.join(folder, PROGRAM))) return path.join(folder, PROGRAM);
  throw new ArError('SITE_NOT_INSTALLED', {});
}

const KEPT_CHARACTERS = 64 * 1024;

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text = (text + chunk).slice(-KEPT_CHARACTERS);
  });
  return () => text;
}

/** The line that says what was wrong; else the last one. */
function reasonIn(output: string): string {
  const lines = output.split('\n').map((line) => toSingleLine(line).trim());
  const line =
    // An exception as Node.js prints it: before it stands the line of code that threw it.
    lines.find((each) => /^\w*Error\b[^:]*: /.test(each)) ??
    lines.find((each) => /\berror\b/i.test(each)) ??
    lines.findLast((each) => each !== '') ??
    'nothing said why';
  return truncate(line, 500).replace(/[.\s]+$/, '');
}
