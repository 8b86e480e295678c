/** The author's side: a new plugin, its checks, and the two official plugins on their way into an empty index. */
import fs from 'node:fs';
import path from 'node:path';
import { root, type Shell } from './shell.ts';

const OFFICIAL = ['audit-logger', 'webhook-bridge'] as const;

/** @returns the git remote of the index, with both plugins merged */
export async function authorSteps(shell: Shell, folder: string): Promise<string> {
  await newPlugin(shell, folder);
  const index = await emptyIndex(shell, folder);
  for (const plugin of OFFICIAL) await publish(shell, { plugin, index });
  return index;
}

async function newPlugin({ say, run }: Shell, folder: string): Promise<void> {
  say('An author starts a plugin: it builds, and has a test that passes.');
  await run('ar', ['plugin', 'init', 'my-bridge', '--type', 'bridge', '--name', '@acme/my-bridge'], folder);
  const plugin = path.join(folder, 'my-bridge');
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], plugin);
  await run('npm', ['run', '--silent', 'build'], plugin);
  await run('npm', ['test', '--silent'], plugin);
  await run('ar', ['plugin', 'validate', './my-bridge'], folder);
}

async function emptyIndex({ say, run }: Shell, folder: string): Promise<string> {
  say('A registry is a git repository with three kinds of files; a bare one on this disk will do.');
  const index = path.join(folder, 'index.git');
  const seed = path.join(folder, 'seed');
  fs.mkdirSync(seed);
  for (const part of ['registry.yaml', 'categories.yaml', 'scopes'])
    fs.cpSync(path.join(root, 'registry-index', part), path.join(seed, part), { recursive: true });
  await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', index], folder);
  await run('git', ['init', '--quiet', '--initial-branch=main'], seed);
  await run('git', ['add', '.'], seed);
  const identity = ['-c', 'user.name=Registry', '-c', 'user.email=registry@localhost'];
  await run('git', [...identity, 'commit', '--quiet', '-m', 'An empty registry'], seed);
  await run('git', ['push', '--quiet', index, 'main'], seed);
  return index;
}

async function publish({ say, run }: Shell, { plugin, index }: { plugin: string; index: string }): Promise<void> {
  say(`@ar/${plugin} is published: a branch of the index, which the registry’s checks read before it is merged.`);
  const source = `./plugins/${plugin}`;
  await run('ar', ['plugin', 'publish', source, '--index', index], root);
  const version = versionOf(plugin);
  const branch = `publish/ar/${plugin}/${version}`;
  await run('ar-registry', ['validate', '--index', index, '--base', 'main', '--head', branch], root);
  await run('ar-registry', ['merge', '--repo', index, '--branch', branch, '--reviewed'], root);
}

/** The version of one of the plugins of this repository, as its folder says. */
export function versionOf(plugin: string): string {
  const text = fs.readFileSync(path.join(root, 'plugins', plugin, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
