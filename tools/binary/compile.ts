/** Puts the parts and a runtime into one file, by Bun's compiler. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** As npm names systems, and as Bun does. */
export const TARGETS = {
  'linux-x64': 'bun-linux-x64-baseline',
  'linux-arm64': 'bun-linux-arm64',
  'darwin-x64': 'bun-darwin-x64',
  'darwin-arm64': 'bun-darwin-arm64',
  'win32-x64': 'bun-windows-x64-baseline',
} as const;

export type Target = keyof typeof TARGETS;

/**
 * What is in the working folder is a stranger's: neither variables nor settings nor code are taken from there. What is read
 * is the package.json of a package that a program of the project is looked for in, as Node.js reads it.
 */
const CLOSED = [
  ...['dotenv', 'bunfig', 'tsconfig'].map((name) => `--no-compile-autoload-${name}`),
  '--compile-autoload-package-json',
];

/**
 * What runs for 50 ms is not to be compiled for speed meanwhile: an installation of 20 plugins takes 0.65 of the processor time
 * that it takes with 1, the default, and with 100 nothing less. What runs for long is compiled all the same.
 */
const JIT = '--compile-jit-policy=20';

export interface Parts {
  /** Absolute. */
  readonly folder: string;
  /** The first one is what runs. */
  readonly names: readonly string[];
}

/** The runtime of this system is the installed one; those of others Bun fetches from the npm registry. @throws Error if it fails */
export function compile({ folder, names }: Parts, target: Target, outfile: string): void {
  const isOwn = target === ownTarget();
  const options = ['--compile', '--minify', '--bytecode', '--format=cjs', JIT, ...CLOSED];
  // Each part stays a file of its own, read when it is required.
  const apart = ['--external=./*', '--external=@napi-rs/keyring'];
  const runtime = isOwn ? [] : [`--target=${TARGETS[target]}`];
  const files = names.map((name) => `./${name}`);
  const args = ['build', ...options, ...apart, ...runtime, ...files, `--outfile=${outfile}`];
  fs.mkdirSync(path.dirname(outfile), { recursive: true });
  const { status, stderr } = spawnSync(bunProgram(), args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`bun build ended with ${status}:\n${stderr}`);
}

export function ownTarget(): Target | undefined {
  const name = `${process.platform}-${process.arch}`;
  return Object.hasOwn(TARGETS, name) ? (name as Target) : undefined;
}

function bunProgram(): string {
  const manifest = path.resolve(import.meta.dirname, '../test-dependencies/package.json');
  return createRequire(manifest).resolve('bun/bin/bun.exe');
}
