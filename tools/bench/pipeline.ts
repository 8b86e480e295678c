/** The commands of an operator, as they are published: of the index and the folders of one registry. */
import path from 'node:path';
import type { World } from './benchmark.ts';
import type { Program } from './measure.ts';

/** Where what is made of an index will be served, as far as it says so. */
const ADDRESS = 'https://registry.example.com';

/** Keys, and signatures of them. */
export interface Signing {
  makeKeys(): Program;
  sign(site: string, ...more: readonly string[]): Program;
}

export interface Pipeline extends Signing {
  build(out: string, ...more: readonly string[]): Program;
  deploy(site: string, to: string, ...more: readonly string[]): Program;
  pages(api: string, out: string, ...more: readonly string[]): Program;
}

type Tools = Pick<World, 'node' | 'root'>;

/**
 * The public half of the keys lies in the index, whose history is what the log of decisions goes on from, as where the workflow
 * `publish` signs.
 *
 * @param folder has the index, as `npm run corpus` makes one, in `index`, and the keys in `keys`
 */
export function pipelineOf(tools: Tools, folder: string, address = ADDRESS): Pipeline {
  const index = path.join(folder, 'index');
  const run = runnerOf(tools);
  const toBuild = ['--index', `${index}@main`, '--store', path.join(index, 'store'), '--base-url', address];
  return {
    build: (out, ...more) => run('build', ...toBuild, '--out', out, '--strict', ...more),
    ...signingWith(run, ['--index', index, '--keys', path.join(folder, 'keys')]),
    deploy: (site, to, ...more) => run('deploy', '--site', site, '--to', to, ...more),
    pages: (api, out, ...more) => run('site', '--api', api, '--out', out, '--base-url', address, ...more),
  };
}

/** Of a site that no index is of: it has no history, and no log. @param folder has the keys, and their public half */
export function signingOf(tools: Tools, folder: string): Signing {
  return signingWith(runnerOf(tools), ['--trust', path.join(folder, 'trust'), '--keys', path.join(folder, 'keys')]);
}

type Run = (...args: readonly string[]) => Program;

function runnerOf({ node, root }: Tools): Run {
  return (...args) => ({ file: node, args: [path.join(root, 'scripts/bin/ar-registry.js'), ...args] });
}

function signingWith(run: Run, keys: readonly string[]): Signing {
  return {
    makeKeys: () => run('keys', 'init', ...keys),
    sign: (site, ...more) => run('sign', '--site', site, ...keys, ...more),
  };
}

/** A registry made of the first rows of the corpus. @param out not there yet */
export function corpusProgram(
  { node, root, corpus }: Pick<World, 'node' | 'root' | 'corpus'>,
  plugins: number,
  out: string,
): Program {
  const program = [
    '--conditions=ar-source',
    '--disable-warning=ExperimentalWarning',
    path.join(root, 'tools/corpus/main.ts'),
  ];
  return { file: node, args: [...program, '--plugins', String(plugins), '--out', out, '--corpus', corpus] };
}
