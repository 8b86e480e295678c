/** What V8 made of the bundle is kept for the next time: as it is published, in a folder of its own. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('..', import.meta.url));
const runtime = (name: string): string =>
  fileURLToPath(new URL(`../../tools/test-dependencies/node_modules/${name}/bin/node`, import.meta.url));

let dir: string;
let home: string;

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'ar-compiled-'));
  home = path.join(dir, 'home');
  fs.mkdirSync(home);
  fs.cpSync(path.join(CLI, 'bin'), path.join(dir, 'bin'), { recursive: true });
  fs.copyFileSync(path.join(CLI, 'package.json'), path.join(dir, 'package.json'));
  fs.cpSync(path.dirname(process.env['AR_TEST_CLI'] ?? ''), path.join(dir, 'bundle'), { recursive: true });
  return () => fs.rmSync(dir, { recursive: true, force: true });
});

function ar(words: readonly string[], env: Readonly<Record<string, string>> = {}, node = process.execPath) {
  const options = {
    cwd: home,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: home, ...env },
  } as const;
  const { status, stdout, stderr } = spawnSync(node, [path.join(dir, 'bin/ar.js'), ...words], options);
  return { status, stdout, stderr };
}

const HELP = ['plugin', 'search', '--help'];

/** What is kept: bytes by the path of the file. */
function kept(): Readonly<Record<string, number>> {
  const folder = path.join(home, '.cache/agent-relay/compiled');
  if (!fs.existsSync(folder)) return {};
  const files = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => fs.statSync(path.join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, fs.statSync(path.join(folder, name)).size]));
}

function onlyFile(): string {
  const [name = ''] = Object.keys(kept());
  return path.join(home, '.cache/agent-relay/compiled', name);
}

describe('what V8 made of a command', () => {
  it.each([
    ['Node 22', runtime('node22')],
    ['Node 24', process.execPath],
    ['Node 26', runtime('node26')],
  ])('is kept from its second time on, and changes nothing (%s)', (_name, node) => {
    const answers = [1, 2, 3, 4].map(() => ({ ...ar(HELP, {}, node), files: Object.values(kept()) }));
    const [first] = answers;
    expect(first).toMatchObject({ status: 0, stderr: '', files: [0] });
    expect(first?.stdout).toContain('ar plugin search');
    for (const { stdout, stderr } of answers) expect([stdout, stderr]).toEqual([first?.stdout, '']);
    expect(answers.slice(1).every(({ files: [bytes = 0] }) => bytes > 50_000)).toBe(true);
    expect(fs.statSync(onlyFile()).mode & 0o077).toBe(0);
  });

  it.each([
    ['Node 22', runtime('node22')],
    ['Node 24', process.execPath],
    ['Node 26', runtime('node26')],
  ])('lets Node.js say nothing of its own, also where a module is loaded on demand (%s)', (_name, node) => {
    for (let time = 0; time < 3; time += 1) {
      const { status, stderr } = ar(['plugin', 'search', 'x'], { AR_REGISTRY: 'https://127.0.0.1:1' }, node);
      expect(status).toBe(4);
      expect(stderr).toContain('REGISTRY_UNREACHABLE');
      expect(stderr).not.toMatch(/warning/i);
    }
  });

  it('holds functions that were called, of which the compile cache of Node.js keeps none', () => {
    for (let time = 0; time < 3; time += 1) ar(HELP);
    const probe = path.join(dir, 'probe.cjs');
    fs.writeFileSync(
      probe,
      `const vm = require('node:vm'); const Script = vm.Script; vm.Script = class extends Script { constructor(...args) { super(...args); process.stderr.write(this.cachedDataRejected + ' '); } };`,
    );
    expect(
      ar(HELP, { NODE_OPTIONS: `--require=${probe}` })
        .stderr.trim()
        .split(' '),
    ).toEqual(expect.arrayContaining(['false']));
    expect(ar(HELP, { NODE_OPTIONS: `--require=${probe}` }).stderr).not.toMatch(/true|undefined/);
  });

  it('holds what all ways through a command need, and is not written again for each', () => {
    const names = (): readonly string[] =>
      [
        ...fs
          .readFileSync(onlyFile(), 'latin1')
          .split('\n', 1)
          .join()
          .matchAll(/"([^"]+\.cjs)"/g),
      ].map(([, name = '']) => name);
    const [list, prune] = [
      ['plugin', 'cache', 'list'],
      ['plugin', 'cache', 'prune', '--dry-run'],
    ];
    for (const words of [list, list, list]) expect(ar(words).status).toBe(0);
    const first = names();
    expect(ar(prune).status).toBe(0);
    const both = names();
    expect(both).toEqual(expect.arrayContaining([...first]));
    expect(both.length).toBeGreaterThan(first.length);
    const { ino } = fs.statSync(onlyFile());
    for (const words of [list, prune]) ar(words);
    expect(fs.statSync(onlyFile()).ino).toBe(ino);
  });

  it('goes when nobody has run its bundle for a month', () => {
    const folder = path.join(home, '.cache/agent-relay/compiled');
    for (const name of ['old', 'young', 'packages']) fs.mkdirSync(path.join(folder, name), { recursive: true });
    for (const name of ['old', 'packages']) fs.utimesSync(path.join(folder, name), 0, 0);
    ar(HELP);
    expect(fs.readdirSync(folder).toSorted()).toEqual([expect.stringMatching(/^[0-9a-f]{32}-v/), 'packages', 'young']);
  });

  it.each([
    ['damaged', (bytes: Buffer) => bytes.fill(0xff, bytes.length >> 2, (bytes.length >> 2) + 64)],
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 4096)],
    ['cut in half', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['something else', () => Buffer.from('{}\n{}\n')],
    ['of zeros', (bytes: Buffer) => Buffer.alloc(bytes.length)],
  ])('is not run where it is %s', (_what, change) => {
    for (let time = 0; time < 2; time += 1) ar(HELP);
    const file = onlyFile();
    const whole = fs.readFileSync(file);
    fs.writeFileSync(file, change(Buffer.from(whole)));
    expect(ar(HELP)).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('ar plugin search') });
    ar(HELP);
    ar(HELP);
    expect(fs.statSync(file).size).toBeGreaterThan(50_000);
  });

  it('is not that of another bundle', () => {
    for (let time = 0; time < 2; time += 1) ar(HELP);
    const main = path.join(dir, 'bundle/main.cjs');
    fs.writeFileSync(
      main,
      fs.readFileSync(main, 'utf8').replace(/^\/\/ ./, (start) => (start === '// 0' ? '// 1' : '// 0')),
    );
    ar(HELP);
    expect(Object.values(kept()).toSorted((a, b) => a - b)).toEqual([0, expect.any(Number)]);
  });

  it('is not kept for words that are no command, or that failed', () => {
    expect(ar(['plugin', 'nonsense']).status).not.toBe(0);
    expect(kept()).toEqual({});
  });

  it.each([
    ['where nobody wants it', { NODE_DISABLE_COMPILE_CACHE: '1' }],
    ['without a home', { HOME: '' }],
    ['below a relative path', { XDG_CACHE_HOME: 'cache' }],
  ])('is not kept %s', (_where, env) => {
    for (let time = 0; time < 2; time += 1) expect(ar(HELP, env)).toMatchObject({ status: 0, stderr: '' });
    expect(fs.readdirSync(home)).toEqual([]);
  });

  it('is missed by nobody where it cannot be written', () => {
    fs.mkdirSync(path.join(home, '.cache'));
    fs.writeFileSync(path.join(home, '.cache/agent-relay'), 'a file');
    for (let time = 0; time < 2; time += 1) expect(ar(HELP)).toMatchObject({ status: 0, stderr: '' });
  });

  it('is missed by nobody where its folder cannot even be looked at', () => {
    const folder = path.join(home, 'circle');
    fs.symlinkSync('circle', folder);
    expect(ar(HELP, { XDG_CACHE_HOME: folder })).toMatchObject({ status: 0, stderr: '' });
  });
});
