/** Repositories of plugin authors: work trees on disk that git serves by `file://`. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export interface Repository {
  readonly dir: string;
  /** `git+file://…`, as a user types it. */
  readonly spec: string;
  readonly git: (...args: readonly string[]) => string;
  /** Writes files, commits all, and gives the commit. */
  readonly commit: (files?: Readonly<Record<string, string>>) => string;
}

/** What a plugin's repository needs at least, without what its build makes. */
export function sources(changes: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const manifest = {
    name: '"@acme/git"',
    version: '1.0.0',
    type: 'hook',
    description: 'From a repository',
    author: '{ name: Acme }',
    repository: '{ type: git, url: "https://example.com/acme/git.git" }',
    license: 'MIT',
    main: './dist/index.js',
    ...changes,
  };
  const text = Object.entries(manifest).map(([key, value]) => `${key}: ${value}\n`);
  return { 'ar-plugin.yaml': text.join(''), 'README.md': '# Git\n', LICENSE: 'MIT\n' };
}

/** The same with the built file. */
export function plugin(changes: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return { ...sources(changes), 'dist/index.js': 'export default {};\n' };
}

/** A plugin that is built by a script without any package. */
export function toBuild(script: string, changes: Readonly<Record<string, string>> = {}) {
  const packageJson = JSON.stringify({ name: 'x', private: true, type: 'module', scripts: { build: script } });
  return { ...sources(changes), 'package.json': packageJson };
}

export function createRepository(dir: string, files: Readonly<Record<string, string>>): Repository {
  fs.mkdirSync(dir, { recursive: true });
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'protocol.file.allow=always'];
  const git: Repository['git'] = (...args) =>
    execFileSync('git', [...identity, ...args], { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const commit: Repository['commit'] = (more = {}) => {
    for (const [name, text] of Object.entries(more)) {
      fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
      fs.writeFileSync(path.join(dir, name), text);
    }
    git('add', '-A', '-f');
    git('commit', '--quiet', '--allow-empty', '-m', 'State');
    return git('rev-parse', 'HEAD').trim();
  };
  git('init', '--quiet', '--initial-branch=main');
  commit(files);
  return { dir, spec: `git+file://${dir}`, git, commit };
}
