/** Building what strangers published: in what it may do, in what is said of it, and that nothing of it stays. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { archiveStorePath } from '@ar-registry/core/archive';
import { openRepository } from '@ar-registry/io/git';
import type { CiOutput, SourceReport } from '@ar-registry/schemas';
import { validator as isCi } from '@ar-registry/schemas/validators/cli/ci';
import { validator as isSourceReport } from '@ar-registry/schemas/validators/source-report';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished, type TestContext, vi } from 'vitest';
import { check, type ReadSource } from '../src/stages/check/index.ts';
import { sourceCheck } from '../src/stages/source-check/index.ts';
import { runProgram } from '../src/program.ts';
import { ADA, CLOCK } from './registry-fixture.ts';
import { BUILD, NAME, submitted, type Scripts, type Submitted } from './source-fixture.ts';

const { signal } = new AbortController();

async function run({ registry }: Submitted, changes: object = {}): Promise<SourceReport> {
  const out = join(registry.folder, 'out');
  const repository = await openRepository(registry.bare);
  const input = { repository, base: 'main', head: 'publish', out, allowLocal: true, requireIsolation: false };
  const report = await sourceCheck(
    { ...input, environment: { PATH: process.env['PATH'] ?? '' }, ...changes },
    { signal },
  );
  const written: unknown = JSON.parse(await readFile(join(out, 'source.json'), 'utf8'));
  expect([isSourceReport(written).ok, written]).toEqual([true, report]);
  return report;
}

/** The result, where this system can make a room of its own for a program; else the test is skipped, and says so. */
function inRoom({ versions: [version] }: SourceReport, context: TestContext) {
  if (!version?.reason?.includes('read-only files, no files of others')) context.skip('no room can be made here');
  return version;
}

function codesOf({ versions }: SourceReport) {
  return versions.flatMap(({ findings }) => findings.map(({ code }) => code));
}

describe('source-check', () => {
  it('says that the built commit gives the submitted bytes, and keeps the archive', async () => {
    const made = await submitted({ build: BUILD, test: 'node --test' });
    const report = await run(made);
    expect(report.versions).toMatchObject([{ result: 'pass', reproducible: true, findings: [] }]);
    const [version] = report.versions;
    expect(existsSync(join(made.registry.folder, 'out/store', archiveStorePath(version?.integrity ?? '')))).toBe(true);
    expect(version?.reason).toContain('no type check');
    const repository = await openRepository(made.registry.bare);
    const input = { repository, base: 'main', head: 'publish', submitter: ADA, source: report };
    const { versions } = await check(input, { clock: CLOCK, signal });
    expect(versions[0]?.source).toMatchObject({ reproducible: true });
    expect(versions[0]?.checks).toContainEqual(expect.objectContaining({ id: 'source', result: 'pass' }));
  });

  it('warns when the build gives something else', async () => {
    const report = await run(await submitted({ build: `${BUILD} && echo '// more' >> dist/index.js` }));
    expect([codesOf(report), report.versions[0]?.reproducible]).toEqual([['SOURCE_NOT_REPRODUCIBLE'], false]);
  });

  it.each<[string, Scripts, string]>([
    ['a build', { build: 'node -e "process.exit(3)"' }, 'SOURCE_BUILD_FAILED'],
    ['a type check', { build: BUILD, typecheck: 'echo TS2322 && exit 2' }, 'SOURCE_TYPES_FAILED'],
    ['a test', { build: BUILD, test: 'exit 1' }, 'SOURCE_TEST_FAILED'],
    ['packing', { build: 'true' }, 'SOURCE_PACK_FAILED'],
  ])('fails with %s that fails', async (_what, scripts, code) => {
    const report = await run(await submitted(scripts));
    expect([codesOf(report), report.versions[0]?.result]).toEqual([[code], 'fail']);
  });

  it('fails with a lock that does not fit', async () => {
    const manifest = { name: NAME, version: '1.0.0', scripts: { build: BUILD }, dependencies: { gone: 'file:./gone' } };
    const made = await submitted({}, { 'package.json': JSON.stringify(manifest) });
    expect(codesOf(await run(made))).toEqual(['SOURCE_INSTALL_FAILED']);
  });

  it('lets no lock lead npm into the network of this machine, whatever its name', async () => {
    const lock = JSON.stringify({ packages: { 'node_modules/a': { resolved: 'http://169.254.169.254/a.tgz' } } });
    for (const name of ['package-lock.json', 'npm-shrinkwrap.json'])
      expect(codesOf(await run(await submitted({ build: BUILD }, { [name]: lock })))).toEqual([
        'SOURCE_INSTALL_FAILED',
      ]);
  });

  it('fails for a commit that is not there', async () => {
    const made = await submitted({ build: BUILD }, {}, async () => '0'.repeat(40));
    expect(codesOf(await run(made))).toEqual(['SOURCE_COMMIT_MISSING']);
  });

  it('fails for a tree of more files than a plugin has', async () => {
    const made = await submitted({ build: BUILD }, {}, async (git) => {
      const blob = await git(['hash-object', '-w', '--stdin']);
      const lines = Array.from({ length: 20_001 }, (_, index) => `100644 blob ${blob}\tfile-${index}`);
      const tree = await git(['mktree'], `${lines.join('\n')}\n`);
      return git(['commit-tree', tree, '-m', 'Many']);
    });
    expect(codesOf(await run(made))).toEqual(['SOURCE_REPOSITORY_TOO_LARGE']);
  });

  it('runs no install script, and no program that .npmrc names', async () => {
    const marker = join(tmpdir(), `ar-ran-${process.pid}`);
    onTestFinished(() => rm(marker, { force: true }));
    const scripts = { build: BUILD, preinstall: `touch ${marker}`, postinstall: `touch ${marker}` };
    const report = await run(await submitted(scripts, { '.npmrc': `ignore-scripts=false\nscript-shell=${marker}\n` }));
    expect([report.versions[0]?.findings, existsSync(marker)]).toEqual([[], false]);
  });

  it('shows programs nothing of the environment', async () => {
    process.env['AR_TEST_SECRET'] = 'hunter2';
    onTestFinished(() => void delete process.env['AR_TEST_SECRET']);
    const report = await run(await submitted({ build: 'env; exit 1' }));
    expect(codesOf(report)).toEqual(['SOURCE_BUILD_FAILED']);
    expect(JSON.stringify(report)).not.toContain('hunter2');
  });

  it('cannot write beside its folder, undo that, or reach the network, where the system can see to it', async () => {
    const made = await submitted({ build: 'true' });
    const target = join(made.registry.folder, 'written');
    const shm = `/dev/shm/ar-written-${process.pid}`;
    const tries = [
      `touch ${target}`,
      `touch ${shm}`,
      `mount -o remount,bind,rw / && touch ${target}`,
      `unshare --map-root-user --mount sh -c "mount -o remount,bind,rw / && touch ${target}"`,
      `unshare --user --mount sh -c "umount -l /usr && touch ${target}"`,
    ];
    const online = `node -e "fetch('https://example.com').then(()=>process.exit(9),()=>0)"`;
    const again = await submitted({ build: `${BUILD}; ${tries.join('; ')}; ${online}` });
    const report = await run(again);
    const { reason = '', result } = report.versions[0] ?? {};
    const isWritten = existsSync(target) || existsSync(shm);
    expect([result, reason.includes('read-only files') && isWritten]).toEqual(['pass', false]);
  });

  it('cannot write to another file system, mounted beside its folder', async (context) => {
    const made = await submitted({ build: 'true' });
    const beside = join(made.registry.folder, 'mounted');
    await mkdir(beside);
    // Only who may mount has a second file system to try.
    const options = ['-t', 'tmpfs', '-o', 'mode=777', 'tmpfs', beside];
    context.skip((await execa('mount', options, { reject: false })).failed, 'no right to mount');
    onTestFinished(async () => void (await execa('umount', [beside])));
    const report = await run(await submitted({ build: `${BUILD}; touch ${beside}/written; true` }));
    const { reason = '', result } = report.versions[0] ?? {};
    expect([result, reason.includes('read-only files') && existsSync(join(beside, 'written'))]).toEqual([
      'pass',
      false,
    ]);
  });

  it('sees one mount that it can write to: its folder', async (context) => {
    const report = await run(
      await submitted({ build: `cut -d " " -f 5,6 /proc/self/mountinfo | grep " rw" | wc -l; exit 1` }),
    );
    expect(inRoom(report, context).findings[0]?.detail).toMatch(/ 1$/);
  });

  it('cannot open a setting of the kernel for writing, whoever started it', async (context) => {
    // Opened, and nothing written: harmless where it is possible.
    const open = '(: >>/proc/sys/kernel/core_pattern) 2>/dev/null && exit 9';
    const report = await run(await submitted({ build: `${BUILD}; ${open}; true` }));
    expect(inRoom(report, context).result).toBe('pass');
  });

  it('reads no file of the home folder, of temporary folders, or of the processes outside', async (context) => {
    const made = await submitted({ build: 'true' });
    const home = await mkdtemp(join(homedir(), '.ar-test-'));
    onTestFinished(() => rm(home, { recursive: true, force: true }));
    const planted = [join(home, 'token'), join(made.registry.folder, 'token')];
    for (const file of planted) await writeFile(file, 'planted', { mode: 0o644 });
    // It is not for the modes that nothing is read.
    for (const file of planted) await chmod(dirname(file), 0o755);
    const others = ['/proc/1/environ', '/etc/npmrc', '/etc/shadow'];
    const read = [...planted, ...others].map((file) => `cat ${file} && exit 9`).join('; ');
    const lists = ['/home', '/root', '/var', '/run', homedir()].map((dir) => `ls ${dir}/* && exit 9`);
    const report = await run(await submitted({ build: `${BUILD}; ${read}; ${lists.join('; ')}; true` }));
    expect(inRoom(report, context).result).toBe('pass');
  });

  it('quotes no token that a program prints', async () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const report = await run(await submitted({ build: `echo ${token} https://ada:pass@example.com; exit 1` }));
    expect(codesOf(report)).toEqual(['SOURCE_BUILD_FAILED']);
    expect(JSON.stringify(report)).not.toMatch(/a1B2|ada:pass/);
  });

  it.each([
    ['there is none', { PATH: '/nowhere' }, homedir()],
    ['the home folder is among what programs see', {}, '/usr/share'],
  ])('runs nothing where isolation is wanted and %s', async (_what, environment, home) => {
    vi.stubEnv('HOME', home);
    onTestFinished(() => void vi.unstubAllEnvs());
    const wanted = { requireIsolation: true, environment: { PATH: process.env['PATH'] ?? '', ...environment } };
    const { result, reason } = (await run(await submitted({ build: BUILD }), wanted)).versions[0] ?? {};
    expect([result, reason]).toEqual(['could-not-run', expect.stringContaining('no files of others')]);
  });

  it('can use loopback, as tests of servers do', async () => {
    const listen = `node -e "require('net').createServer().listen(0,'127.0.0.1',function(){this.close()})"`;
    expect((await run(await submitted({ build: BUILD, test: listen }))).versions[0]?.result).toBe('pass');
  });

  it('stops a program that writes without end', async () => {
    const report = await run(
      await submitted({ build: `node -e "for(;;)require('fs').writeSync(1,'x'.repeat(65536))"` }),
    );
    expect(codesOf(report)).toEqual(['SOURCE_BUILD_FAILED']);
  });

  it('leaves no process behind', async () => {
    const script = `node -e "require('child_process').spawn('sleep',['4711.5'],{detached:true,stdio:'inherit'}).unref()"`;
    const report = await run(await submitted({ build: `${BUILD} && ${script}` }));
    const { stdout } = await execa('ps', ['-eo', 'args'], { reject: false });
    const isolated = report.versions[0]?.reason?.includes('own processes') === true;
    expect([report.versions[0]?.result, isolated && stdout.includes('sleep 4711.5')]).toEqual(['pass', false]);
  });

  it('is not kept waiting by a pipe in the place of a file', async () => {
    const report = await run(await submitted({ build: `${BUILD} && rm README.md && mkfifo README.md` }));
    expect(codesOf(report)).toEqual(['SOURCE_PACK_FAILED']);
  });

  it('packs no file that a link leads to', async () => {
    const report = await run(await submitted({ build: 'mkdir dist && ln -s /etc/hostname dist/index.js' }));
    expect(codesOf(report)).toEqual(['SOURCE_PACK_FAILED']);
  });

  it('could not run, and is no pass, for a source that cannot be reached or may not be', async () => {
    const again = await submitted({ build: BUILD });
    const report = await run(again, { allowLocal: false });
    expect([codesOf(report), report.versions[0]?.result]).toEqual([['SOURCE_UNREACHABLE'], 'could-not-run']);
    const repository = await openRepository(again.registry.bare);
    const input = { repository, base: 'main', head: 'publish', submitter: ADA, source: report };
    const { decision, versions } = await check(input, { clock: CLOCK, signal });
    expect(versions[0]?.checks.find(({ id }) => id === 'source')?.result).toBe('could-not-run');
    expect(decision).not.toBe('merge');
  });
});

describe('the command', () => {
  it.each<[string, Scripts, number]>([
    ['0 for a pass', { build: BUILD }, 0],
    ['1 for anything else', { build: BUILD, test: 'exit 1' }, 1],
  ])('ends with %s', async (_what, scripts, code) => {
    const { registry } = await submitted(scripts);
    const args = ['source-check', '--index', registry.bare, '--base', 'main', '--head', 'publish', '--allow-local'];
    const streams = { stdout: () => undefined, stderr: () => undefined };
    const world = { cwd: registry.folder, clock: CLOCK, env: process.env, signal };
    expect(await runProgram([...args, '--out', 'out'], world, streams)).toBe(code);
  });
});

describe('what a source check wrote', () => {
  it.each<[string, ReadSource]>([
    ['is about other commits', { schemaVersion: 1, base: '0'.repeat(40), head: '0'.repeat(40), versions: [] }],
    ['cannot be read', { problem: 'There is nothing.' }],
  ])('is no pass where it %s, and stops nothing', async (_what, source) => {
    const { registry } = await submitted({ build: BUILD });
    const repository = await openRepository(registry.bare);
    const input = { repository, base: 'main', head: 'publish', submitter: ADA, source };
    const { versions } = await check(input, { clock: CLOCK, signal });
    const results = new Map(versions[0]?.checks.map(({ id, result }) => [id, result]));
    expect([results.get('source'), results.get('archive')]).toEqual(['could-not-run', 'pass']);
  });

  it('is no pass where it passes over a version', async () => {
    const { registry, head } = await submitted({ build: BUILD });
    const repository = await openRepository(registry.bare);
    const base = await repository.resolveRevision('main');
    const source = { schemaVersion: 1 as const, base, head, versions: [] };
    const input = { repository, base: 'main', head: 'publish', submitter: ADA, source };
    const { versions } = await check(input, { clock: CLOCK, signal });
    expect(versions[0]?.checks.find(({ id }) => id === 'source')?.result).toBe('could-not-run');
  });
});

describe('ci', () => {
  it('does all of it and prints the comment', async () => {
    const { registry } = await submitted({ build: BUILD, test: 'node --test' });
    let stdout = '';
    const streams = { stdout: (text: string) => void (stdout += text), stderr: () => undefined };
    const args = [
      'ci',
      '--index',
      registry.bare,
      '--pr',
      'publish',
      '--submitter',
      'ada:1',
      '--allow-local',
      '--unisolated',
    ];
    const world = { cwd: registry.folder, clock: CLOCK, env: process.env, signal };
    expect(await runProgram([...args, '--json'], world, streams)).toBe(0);
    const output = JSON.parse(stdout) as CiOutput;
    expect([isCi(output).ok, output.report?.versions[0]?.source?.reproducible]).toEqual([true, true]);
    expect(output.labels).toEqual(expect.arrayContaining(['needs-review', 'new-plugin']));
    stdout = '';
    await runProgram(args, world, streams);
    expect(stdout).toContain('source');
  });
});
