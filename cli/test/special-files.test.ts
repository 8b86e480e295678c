/** What is no file, in the place of one: it is told, nobody waits for it for ever, and it stays what it is. */
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { orEnd } from './support/interrupted.ts';
import { createProject, LOCK_FILE, PROJECT_FILE, type TestProject } from './support/project.ts';

const HELLO = '@acme/hello';
const CONFIG = { required: ['GREETING'], optional: [] };

let registry: ServedRegistry;
let project: TestProject;

beforeAll(async () => {
  registry = await serveRegistry([{ manifest: { version: '1.0.0', config: CONFIG } }]);
});
afterAll(() => registry[Symbol.asyncDispose]());

beforeEach(() => {
  project = createProject(registry);
  return () => project[Symbol.dispose]();
});

const inProject = (file: string): string => path.join(project.dir, file);
const SPECIAL = {
  pipe: (file: string) => void execFileSync('mkfifo', [file]),
  folder: (file: string) => fs.mkdirSync(file),
  'device without end': (file: string) => fs.symlinkSync('/dev/zero', file),
};

describe.skipIf(process.platform === 'win32').each(Object.entries(SPECIAL))('a %s', (_what, make) => {
  it.each([PROJECT_FILE, LOCK_FILE])('in the place of %s is refused by whoever reads it', async (name) => {
    expect((await project.ar('install', HELLO)).code).toBe(0);
    fs.rmSync(inProject(name));
    make(inProject(name));
    const before = fs.lstatSync(inProject(name)).mode;
    for (const args of [['list'], ['install'], ['install', HELLO], ['verify'], ['config', 'list', HELLO]])
      expect(await project.refusal(...args)).toEqual([4, 'FILE_ACCESS']);
    expect((await project.ar('doctor')).code).toBe(1);
    expect(fs.lstatSync(inProject(name)).mode).toBe(before);
  });

  it('in the place of a manifest is refused where its folder is to be linked', async () => {
    fs.mkdirSync(inProject('own'));
    make(inProject('own/ar-plugin.yaml'));
    expect(await project.refusal('install', inProject('own'))).toEqual([4, 'FILE_ACCESS']);
  });

  it('is not made a file by what a command writes', async () => {
    expect((await project.ar('install', HELLO)).code).toBe(0);
    make(inProject('out'));
    const before = fs.lstatSync(inProject('out')).mode;
    expect(await project.refusal('audit', '--sarif', inProject('out'))).toEqual([4, 'FILE_ACCESS']);
    expect(fs.lstatSync(inProject('out')).mode).toBe(before);
  });
});

describe.skipIf(process.platform === 'win32')('a pipe in the place of .env', () => {
  beforeEach(async () => {
    await project.ar('install', HELLO);
    execFileSync('mkfifo', [inProject('.env')]);
  });

  it('is read, as password managers serve secrets', async () => {
    spawn('sh', ['-c', 'echo GREETING=hello > "$0"', inProject('.env')], { stdio: 'ignore' });
    const { code, stdout } = await project.ar('config', 'list', HELLO, '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { keys: [{ key: 'greeting', source: 'dotenv' }] }]);
  });

  it('that nobody writes to is waited for until Ctrl-C', async () => {
    const started = project.start('config', 'list', HELLO);
    // Whoever opens it to write gets on once somebody reads.
    const writer = await orEnd(fs.promises.open(inProject('.env'), 'w'), started);
    started.child.kill('SIGINT');
    expect((await started.ended).code).toBe(130);
    await writer.close();
  });
});
