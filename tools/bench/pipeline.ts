/** The commands of an operator, as they are published: of the index and the folders of one registry. */
import path from 'node:path';
import type { World } from './benchmark.ts';
import type { Program } from './measure.ts';

/** Where what is made of an index will be served, as far as it says so. */
const ADDRESS = 'https://registry.example.com';

export interface Pipeline {
  build(out: string, ...more: readonly string[]): Program;
  makeKeys(): Program;
  sign(site: string): Program;
  deploy(site: string, to: string, ...more: readonly string[]): Program;
  pages(api: string, out: string, ...more: readonly string[]): Program;
}

/** @param folder has the index, as `npm run corpus` makes one, in `index`, and the keys in `keys` */
export function pipelineOf({ node, root }: Pick<World, 'node' | 'root'>, folder: string, address = ADDRESS): Pipeline {
  const index = path.join(folder, 'index');
  const ofTrust = ['--trust', path.join(folder, 'trust'), '--keys', path.join(folder, 'keys')];
  const run = (...args: readonly string[]): Program => ({
    file: node,
    args: [path.join(root, 'scripts/bin/ar-registry.js'), ...args],
  });
  const toBuild = ['--index', `${index}@main`, '--store', path.join(index, 'store'), '--base-url', address];
  return {
    build: (out, ...more) => run('build', ...toBuild, '--out', out, '--strict', ...more),
    makeKeys: () => run('keys', 'init', ...ofTrust),
    sign: (site) => run('sign', '--site', site, ...ofTrust),
    deploy: (site, to, ...more) => run('deploy', '--site', site, '--to', to, ...more),
    pages: (api, out, ...more) => run('site', '--api', api, '--out', out, '--base-url', address, ...more),
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
