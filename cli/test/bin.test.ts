/** `ar` in front of the archiver's `ar`: what is not its own goes there, and comes back unchanged. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, isBinary, PROGRAM, type Ended, type Sandbox, type Started } from './support/ar.ts';

const BIN = path.resolve(import.meta.dirname, '../bin');
const PROGRAMS = (process.env['PATH'] ?? '').split(path.delimiter);
const REAL = PROGRAMS.map((folder) => path.join(folder, 'ar')).find((file) => {
  // Neither this one nor that of another checkout.
  return fs.existsSync(file) && !fs.realpathSync(file).endsWith(path.join('cli', 'bin', 'ar.js'));
});
const COMPILER = PROGRAMS.some((folder) => fs.existsSync(path.join(folder, 'cc')));

let sandbox: Sandbox;
let front: string;

beforeEach(() => {
  sandbox = createSandbox();
  front = path.join(sandbox.dir, 'front');
  fs.mkdirSync(front);
  // As npm links it.
  fs.symlinkSync(isBinary ? PROGRAM[0] : path.join(BIN, 'ar.js'), path.join(front, 'ar'));
  fs.writeFileSync(path.join(sandbox.dir, 'a.txt'), 'a\n');
  return () => sandbox[Symbol.dispose]();
});

const searchPath = (...folders: readonly string[]): string =>
  [front, path.dirname(process.execPath), ...folders].join(path.delimiter);

/** Runs the `ar` that a build would find. */
function startAr(args: readonly string[], PATH: string): Started {
  return sandbox.start('/bin/sh', ['-c', 'exec ar "$@"', 'sh', ...args], { PATH });
}
const ar = (args: readonly string[], PATH: string): Promise<Ended> => startAr(args, PATH).ended;

describe.skipIf(REAL === undefined)('with the archiver behind it', () => {
  const rest = path.dirname(REAL ?? '');

  it('makes, lists and prints an archive', async () => {
    expect(await ar(['crs', 'x.a', 'a.txt'], searchPath(rest))).toMatchObject({ code: 0, stderr: '' });
    expect(await ar(['t', 'x.a'], searchPath(rest))).toMatchObject({ code: 0, stdout: 'a.txt\n' });
    expect(await ar(['p', 'x.a'], searchPath(rest))).toMatchObject({ code: 0, stdout: 'a\n' });
  });

  it.each([[['t', 'missing.a']], [['--no-such-option']], [[]], [['-V']], [['--plugin']]])(
    'ends as the archiver itself does: %j',
    async (args) => {
      expect(await ar(args, searchPath(rest))).toEqual(await ar(args, rest));
    },
  );

  it.each(['t', 'crs', 'nonsense'])('keeps what is said to ar plugin to itself: %s', async (word) => {
    const { code, stdout, stderr } = await ar(['plugin', word], searchPath(rest));
    expect([code, stdout, stderr.split('\n')[0]]).toEqual([2, '', expect.stringMatching(/^error\[USAGE\]: /)]);
  });

  it.skipIf(!COMPILER)('serves a C build', async () => {
    fs.writeFileSync(path.join(sandbox.dir, 'answer.c'), 'int answer(void) { return 42; }\n');
    fs.writeFileSync(path.join(sandbox.dir, 'main.c'), 'int answer(void);\nint main(void) { return answer(); }\n');
    const build = 'cc -c answer.c && ar rcs libanswer.a answer.o && cc main.c -L. -lanswer -o main && ./main';
    const PATH = `${front}:${process.env['PATH'] ?? ''}`;
    expect(await sandbox.start('/bin/sh', ['-c', build], { PATH }).ended).toMatchObject({ code: 42, stderr: '' });
  });
});

describe('with another program called ar behind it', () => {
  it('finds it past itself, under links and in wrappers that lead back', async () => {
    const copies = ['linked', 'wrapped', 'real'].map((name) => path.join(sandbox.dir, name));
    const [linked = '', wrapped = '', real = ''] = copies;
    for (const folder of copies) fs.mkdirSync(folder);
    fs.symlinkSync(path.join(front, 'ar'), path.join(linked, 'ar'));
    program(wrapped, `exec "${process.execPath}" "${path.join(BIN, 'ar.js')}" "$@"`);
    program(real, 'echo "the real one: $*"');
    expect(await ar(['t', 'x.a'], searchPath(linked, wrapped, real))).toMatchObject({
      code: 0,
      stdout: 'the real one: t x.a\n',
    });
  });

  it('passes arguments on as they are', async () => {
    const real = path.join(sandbox.dir, 'real');
    program(real, `printf '<%s>' "$@"`);
    const args = ['t', '', 'with space', `"quotes" 'and' $HOME`, '\\back', '*', '--'];
    expect((await ar(args, searchPath(real))).stdout).toBe(args.map((arg) => `<${arg}>`).join(''));
  });

  it('passes files over that cannot be run', async () => {
    const [folder, real] = [path.join(sandbox.dir, 'b'), path.join(sandbox.dir, 'c')];
    fs.mkdirSync(path.join(folder, 'ar'), { recursive: true });
    program(real, 'exit 7');
    expect((await ar(['t'], searchPath(folder, real))).code).toBe(7);
  });

  it('ends by the signal that ended it', async () => {
    const real = path.join(sandbox.dir, 'real');
    program(real, 'kill -KILL $$');
    expect((await ar(['t'], searchPath(real))).signal).toBe('SIGKILL');
  });

  it('hands a signal on and waits for the end', async () => {
    const real = path.join(sandbox.dir, 'real');
    program(real, 'trap "echo stopped; exit 9" TERM\necho ready\nwhile :; do sleep 0.05; done');
    const { child, ended } = startAr(['t'], searchPath(real));
    child.stdout?.once('data', () => child.kill('SIGTERM'));
    expect(await ended).toMatchObject({ code: 9, stdout: 'ready\nstopped\n' });
  });
});

describe('with nothing behind it', () => {
  it.each([[['crs', 'x.a']], [[]]])('says so: %j', async (args) => {
    const { code, stdout, stderr } = await ar(args, searchPath());
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toContain('error[COMMAND_NOT_FOUND]');
  });
});

describe('its own words', () => {
  it.each([[['--version']], [['plugin', '--version']]])('%j prints the version', async (args) => {
    const { code, stdout } = await ar(args, searchPath());
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ar \d+\.\d+\.\d+ /);
  });

  it.each([[['plugin', '--help']], [['help']], [['--help']], [['-h']], [['plugin']], [['plugin', 'help']]])(
    '%j prints help',
    async (args) => {
      expect((await ar(args, searchPath())).stdout).toContain('ar plugin <command>');
    },
  );

  it('are the same for ar-plugin, without the first', async () => {
    const other = path.join(sandbox.dir, 'ar-plugin');
    if (isBinary) fs.linkSync(PROGRAM[0], other);
    else fs.symlinkSync(path.join(BIN, 'ar-plugin.js'), other);
    const { stdout } = await sandbox.start(other, ['search', '--help']).ended;
    expect(stdout).toContain('ar plugin search');
  });

  it('keep their exit code', async () => {
    expect((await ar(['plugin', 'no-such-command'], searchPath())).code).toBe(2);
  });
});

function program(folder: string, script: string): void {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'ar'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}
