import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleProgram } from '../bundle-program.ts';
import { lazyRequires } from './lazy-requires.ts';

const cli = fileURLToPath(new URL('../../cli/', import.meta.url));
let folder: string;
let chunks: readonly (readonly [name: string, code: string])[];

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(cli, 'bundle-test-'));
  await bundleProgram('cli', folder);
  chunks = fs.readdirSync(folder).map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8')]);
}, 60_000);

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const chunksWith = (pattern: RegExp): readonly string[] =>
  chunks.filter(([, code]) => pattern.test(code)).map(([name]) => name);

it('leaves no builtin and no other part of the program to be loaded at once', () => {
  expect(chunksWith(/^(?:let|const|var) \w+ = require\("node:/m)).toEqual([]);
  expect(chunksWith(/^(?:let|const|var) (?!require_rolldown_runtime)[\w$]+ = require\("\.\//m)).toEqual([]);
  expect(chunksWith(/^require\("\.\//m)).toEqual([]);
});

it('asks for no part that is not there', () => {
  const names = new Set(chunks.map(([name]) => name));
  const asked = chunks.flatMap(([, code]) =>
    [...code.matchAll(/require\("\.\/([^"]+)"\)/g)].map(([, name = '']) => name),
  );
  expect(asked.length).toBeGreaterThan(100);
  expect(asked.filter((name) => !names.has(name))).toEqual([]);
});

it('leaves no package to be evaluated at once that is loaded where it is used', () => {
  expect(chunksWith(/^(?:[\w$]+\.)?require_semver\(\);/m)).toEqual([]);
  expect(chunksWith(/^(?:let|const|var) .*__toESM\((?:[\w$]+\.)?require_semver\(\)/m)).toEqual([]);
});

function rendered(code: string): string {
  const plugin = lazyRequires([]).renderChunk;
  const render = typeof plugin === 'function' ? plugin : plugin?.handler;
  return String(render && Reflect.apply(render, undefined, [code]));
}

it('asks for a module when it is first used, and not again', () => {
  const asked: string[] = [];
  const load = (name: string): unknown => asked.push(name) && { one: 1, two: 2 };
  const used = 'const before = asked.length; return [before, node_fs.one + node_fs.two, node_fs.default.two];';
  // oxlint-disable-next-line typescript/no-implied-eval -- what the bundle runs
  const run = new Function('require', 'asked', `${rendered('let node_fs = require("node:fs");\n')}${used}`);
  expect(run(load, asked)).toEqual([0, 3, 2]);
  expect(asked).toEqual(['node:fs']);
});

it('has nothing of packages that are left out', () => {
  expect(chunksWith(/graceful-fs/)).toEqual([]);
});

it('declares nothing by a name that a module may have given to something of its own', () => {
  const code = rendered('let node_fs = require("node:fs");\n');
  const own = [...code.matchAll(/^(?:const|let|var|function) (\w+)/gm)].map(([, name]) => name);
  expect(own.filter((name) => name !== 'node_fs')).toEqual([expect.stringMatching(/^__/)]);
});

it('writes nothing that the oldest Node.js of package.json does not know', () => {
  expect(chunksWith(/^\s*(?:await )?using \w+ = /m)).toEqual([]);
});

it('finds at a start of the program only what the start needs', () => {
  const probe = `process.on('exit', () => process.stderr.write(Object.keys(require.cache).join('\\n')));`;
  const program = `${probe} process.argv.splice(1, 0, 'ar'); require(${JSON.stringify(path.join(folder, 'main.cjs'))});`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', program, '--', 'plugin', '--help'], {
    encoding: 'utf8',
  });
  expect([status, stdout.length > 0]).toEqual([0, true]);
  const loaded = stderr.split('\n').map((file) => path.basename(file).replace(/-.*|\.cjs$/, ''));
  expect(loaded).toEqual(['main']);
});
