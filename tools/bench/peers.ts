/** Package managers that install the same packages from the same registry: its view for npm clients. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { World } from './benchmark.ts';
import type { Program } from './measure.ts';

/** One way to look, install and ask what is new. */
export interface Peer {
  readonly name: string;
  readonly note: string;
  /** Another user is one with nothing of the registry. */
  readonly newUser: () => PeerUser;
}

export interface PeerUser {
  /** A project with nothing in it, or with what `from` installs. */
  project(from?: PeerProject): PeerProject;
}

export interface PeerProject {
  readonly folder: string;
  look(name: string): Program;
  install(names: readonly string[]): Program;
  fromLock(): Program;
  outdated(): Program;
}

interface Commands {
  readonly look: readonly string[];
  readonly install: readonly string[];
  readonly fromLock: readonly string[];
  readonly outdated: readonly string[];
  /** Besides package.json. */
  readonly lock: string;
}

const QUIET = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', '--no-update-notifier'];
const NPM: Commands = {
  look: ['view'],
  install: ['install', ...QUIET],
  fromLock: ['ci', ...QUIET],
  outdated: ['outdated'],
  lock: 'package-lock.json',
};
const PNPM: Commands = {
  look: ['view'],
  install: ['add', '--ignore-scripts', '--reporter=silent'],
  fromLock: ['install', '--frozen-lockfile', '--ignore-scripts', '--reporter=silent'],
  outdated: ['outdated'],
  lock: 'pnpm-lock.yaml',
};

/** Those that are there: dependencies of the tests. @param address of the view for npm clients */
export function findPeers({ root, node, scratch }: World, address: string): readonly Peer[] {
  const modules = path.join(root, 'tools/test-dependencies/node_modules');
  const candidates = [
    { name: 'npm', program: [node, path.join(modules, 'npm/bin/npm-cli.js')], commands: NPM },
    { name: 'pnpm', program: [path.join(modules, '.bin/pnpm')], commands: PNPM },
  ];
  return candidates.flatMap(({ name, program, commands }): readonly Peer[] => {
    const [file = '', ...first] = program;
    const told = spawnSync(file, [...first, '--version'], { encoding: 'utf8', cwd: scratch });
    if (told.status !== 0) {
      process.stderr.write(`${name} is not installed in tools/test-dependencies: it is left out.\n`);
      return [];
    }
    const run = { file, first, commands, address };
    const note = `${name} ${told.stdout.trim()}`;
    return [{ name, note, newUser: () => createUser(fs.mkdtempSync(path.join(scratch, `${name}-`)), run) }];
  });
}

interface Run {
  readonly file: string;
  readonly first: readonly string[];
  readonly commands: Commands;
  readonly address: string;
}

const MANIFEST = '{"name":"bench","version":"1.0.0","private":true}\n';

function createUser(home: string, { file, first, commands, address }: Run): PeerUser {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: home, CI: 'true' };
  const project = (from?: PeerProject): PeerProject => {
    const folder = fs.mkdtempSync(path.join(home, 'project-'));
    fs.writeFileSync(path.join(folder, '.npmrc'), `registry=${address}\n`);
    fs.writeFileSync(path.join(folder, 'package.json'), MANIFEST);
    for (const name of from ? ['package.json', commands.lock] : [])
      fs.copyFileSync(path.join(from?.folder ?? '', name), path.join(folder, name));
    const program = (words: readonly string[]): Program => ({ file, args: [...first, ...words], env, cwd: folder });
    return {
      folder,
      look: (name) => program([...commands.look, name]),
      install: (names) => program([...commands.install, ...names]),
      fromLock: () => program(commands.fromLock),
      outdated: () => program(commands.outdated),
    };
  };
  return { project };
}
