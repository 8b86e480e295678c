/**
 * The whole story, through the commands of the workflows and the command line of authors and users: what is published
 * becomes installable without anybody’s help where nobody’s help is needed; and what is hostile does not.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { COMMENT_MARKER } from '@ar-registry/checks';
import { archiveStorePath } from '@ar-registry/core/archive';
import { indexPaths } from '@ar-registry/core/layout';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { integrityOf } from '@ar-registry/io/digest';
import type { PublishOutput, SubmissionReport, ValidateOutput } from '@ar-registry/schemas';
import { pluginWith } from '@ar-registry/testing/archives';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer } from '../src/stages/serve/index.ts';
import { PREFIX, WAIT_MINUTES, startStory, type Story } from './github-fixture.ts';
import { EVE, type Files } from './registry-fixture.ts';

const NAME = '@acme/audit';
/** Shaped like a token, and none; in pieces, so that nobody takes this file for one that holds it. */
const TOKEN = ['xoxb', '123456789012', '1234567890123', 'AbCdEfGhIjKlMnOpQrStUvWx'].join('-');

/** A plugin on its author’s disk. */
async function pluginFolder(
  story: Story,
  version: string,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const manifest = {
    name: NAME,
    version,
    type: 'bridge',
    description: 'Writes down what agents say',
    author: { name: 'Ada' },
    repository: { type: 'git', url: 'https://example.com/acme/audit' },
    license: 'MIT',
    main: './dist/index.js',
    tags: ['chat'],
    category: 'communication',
  };
  const all = {
    'ar-plugin.yaml': stringifyRecord(manifest),
    'README.md': `# Audit ${version}\n`,
    LICENSE: 'MIT\n',
    'dist/index.js': `export default { name: '${NAME}', version: '${version}' };\n`,
    ...files,
  };
  const folder = join(story.pack.folder, `audit-${version}`);
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

/** `ar plugin publish`, up to the pull request. */
async function publish(story: Story, folder: string): Promise<number> {
  const index = `${story.github.webUrl}/registry/index`;
  const args = ['plugin', 'publish', folder, '--index', index, '--json'];
  const { stdout, stderr } = await story.ar(args, 'token-of-ada');
  const { pullRequest } = JSON.parse(stdout || stderr) as PublishOutput;
  expect([stderr, pullRequest?.number]).toEqual([expect.any(String), expect.any(Number)]);
  return pullRequest?.number ?? 0;
}

/** The first version, merged by a reviewer. */
async function accepted(story: Story): Promise<void> {
  const files = await story.pack.submission(NAME, '1.0.0');
  const number = await story.propose('ada', 'publish/acme/audit/1.0.0', placed(files));
  const { head } = await story.as('registry').pull(number);
  await story.as('registry').mergePull(number, { sha: head.sha, title: 'Publish' });
}

function placed(files: Files): Files {
  return new Map([...files].map(([path, content]) => [`${PREFIX}${path}`, content]));
}

function errorsOf({ checks, versions }: SubmissionReport): readonly string[] {
  return [...checks, ...versions.flatMap((report) => report.checks)]
    .flatMap(({ findings }) => findings)
    .filter(({ severity }) => severity === 'error')
    .map(({ code }) => code);
}

describe('a plugin', () => {
  it('is published, reviewed once, merged by machine from then on, built, and installed', async () => {
    const story = await startStory();
    const first = await publish(story, await pluginFolder(story, '1.0.0'));
    const checked = await story.check(first);
    expect([checked.exitCode, checked.report.decision]).toEqual([0, 'review']);
    await story.report(first, checked.out);
    expect(await story.labels(first)).toEqual(expect.arrayContaining(['checks-passed', 'needs-review', 'new-plugin']));
    story.later(WAIT_MINUTES * 100);
    expect(await story.plan()).toMatchObject({ pulls: [{ number: first, action: 'leave' }] });
    await story.apply();
    const reviewed = await story.as('registry').pull(first);
    await story.as('registry').mergePull(first, { sha: reviewed.head.sha, title: 'Publish' });

    story.later(-WAIT_MINUTES * 100);
    const second = await publish(story, await pluginFolder(story, '1.0.1'));
    const again = await story.check(second);
    expect([again.exitCode, again.report.decision]).toEqual([0, 'merge']);
    await story.report(second, again.out);
    await story.report(second, again.out);
    expect(await story.labels(second)).toEqual(['checks-passed']);
    const comments = story.github.repository('registry/index').comments(second);
    expect([comments.length, comments[0]?.body.startsWith(COMMENT_MARKER)]).toEqual([1, true]);
    expect(await story.plan()).toMatchObject({ pulls: [{ number: second, action: 'wait' }] });
    await story.apply();
    expect((await story.as('registry').pull(second)).merged).toBe(false);
    story.later(WAIT_MINUTES + 1);
    expect(await story.plan()).toMatchObject({ pulls: [{ number: second, action: 'merge' }] });
    const outputs = await readFile(join(story.pack.folder, 'outputs'), 'utf8');
    expect(outputs).toBe('merges=0\nmerges=0\nmerges=1\n');
    await story.apply();
    expect((await story.as('registry').pull(second)).merged).toBe(true);

    const url = await serveBuilt(story);
    const project = join(story.pack.folder, 'project');
    await mkdir(project);
    const install = ['plugin', 'install', NAME, '--project', project, '--registry', url, '--yes', '--json'];
    const { exitCode, stdout, stderr } = await story.ar(install);
    expect([exitCode, stderr, stdout.includes('"1.0.1"')]).toEqual([0, expect.any(String), true]);
  });

  it('is told the same on its author’s disk as on its pull request', async () => {
    const story = await startStory();
    await accepted(story);
    const hostile = {
      'dist/index.js': `export default { name: '${NAME}' };\n`,
      'dist/more.js': `import { exec } from 'node:child_process';\nexport const run = (x) => [eval(x), exec('git')];\n`,
    };
    const folder = await pluginFolder(story, '1.0.1', hostile);
    const { stdout } = await story.ar(['plugin', 'validate', folder, '--json']);
    const { findings } = JSON.parse(stdout) as ValidateOutput;
    const files = await story.pack.submission(NAME, '1.0.1', { first: false, files: hostile });
    const { report } = await story.check(await story.propose('ada', 'change', placed(files)));
    const told = report.versions.flatMap(({ checks }) => checks).flatMap((check) => check.findings);
    const keyOf = ({ code, file, line, column }: ValidateOutput['findings'][number]): string =>
      [code, file.replace(`${folder}/`, ''), line, column].join(' ');
    expect(told.map(keyOf).toSorted()).toEqual(findings.map(keyOf).toSorted());
    expect(told.map(({ code }) => code)).toEqual(expect.arrayContaining(['CODE_GENERATED', 'PROCESS_STARTED']));
  });
});

async function serveBuilt(story: Story): Promise<string> {
  const gitDir = story.github.gitUrl('registry', 'index');
  const reports = await story.run(['reports', '--index', gitDir, '--out', 'reports']);
  const built = await story.run(['build', '--index', gitDir, '--out', 'site', '--reports', 'reports', '--strict']);
  expect([reports.exitCode, built.exitCode]).toEqual([0, 0]);
  const server = await startServer({ dir: join(story.pack.folder, 'site'), host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.stop());
  return server.url;
}

interface Attack {
  readonly who: 'ada' | 'eve';
  readonly files: (story: Story) => Promise<Files>;
  readonly code: string;
}

/** 1.0.1, with this code where there is any. */
const versionWith =
  (code?: string): Attack['files'] =>
  ({ pack }) =>
    pack.submission(NAME, '1.0.1', {
      first: false,
      ...(code === undefined ? {} : { files: { 'dist/index.js': code } }),
    });

describe('a change of status', () => {
  it('by an owner is merged by machine, too', async () => {
    const story = await startStory();
    await accepted(story);
    const status = { schemaVersion: 1, distTags: { latest: '1.0.0' }, deprecated: { '1.0.0': 'Use another one' } };
    const files: Files = new Map([[indexPaths.status(NAME), stringifyRecord(status)]]);
    const number = await story.propose('ada', 'change', placed(files));
    expect((await story.check(number)).report.decision).toBe('merge');
    story.later(WAIT_MINUTES + 1);
    expect(await story.plan()).toMatchObject({
      pulls: [{ action: 'merge', title: `Change the status of ${NAME} (#${number})` }],
    });
    expect(await story.apply()).toMatchObject({ merged: [{ number }], skipped: [] });
  });
});

describe('two versions of one plugin', () => {
  it('are merged one after the other, each checked with what came before', async () => {
    const story = await startStory();
    await accepted(story);
    const numbers: number[] = [];
    for (const version of ['1.0.1', '1.0.2']) {
      const files = await story.pack.submission(NAME, version, { first: false });
      files.delete(indexPaths.status(NAME));
      numbers.push(await story.propose('ada', `change-${version}`, placed(files)));
    }
    for (const number of numbers) await story.check(number);
    story.later(WAIT_MINUTES + 1);
    expect(await story.plan()).toMatchObject({ pulls: [{ action: 'merge' }, { action: 'wait' }] });
    expect((await story.apply()).merged).toHaveLength(1);
    expect(await story.plan()).toMatchObject({ pulls: [{ number: numbers[1], action: 'merge' }] });
    expect((await story.apply()).merged).toHaveLength(1);
  });
});

describe('a hostile pull request', () => {
  it.each<[string, Attack]>([
    ['edits another’s plugin', { who: 'eve', files: yanked, code: 'NOT_OWNER' }],
    ['changes a published version', { who: 'ada', files: changedVersion, code: 'VERSION_FILE_CHANGED' }],
    ['ships eval', { who: 'ada', files: versionWith('export default eval("1");\n'), code: 'CODE_GENERATED' }],
    ['ships a symbolic link', { who: 'ada', files: withSymlink, code: 'ARCHIVE_REFUSED' }],
    ['ships a secret', { who: 'ada', files: versionWith(`export default '${TOKEN}';\n`), code: 'SECRET_FOUND' }],
    ['has a name one letter off a popular one', { who: 'eve', files: lookalike, code: 'NAME_LOOKALIKE' }],
  ])('that %s is refused with its own code', async (_what, { who, files, code }) => {
    const story = await startStory();
    await accepted(story);
    const number = await story.propose(who, 'change', placed(await files(story)));
    const { exitCode, report, out } = await story.check(number);
    expect([exitCode, report.decision, errorsOf(report)]).toEqual([1, 'refuse', expect.arrayContaining([code])]);
    await story.report(number, out);
    expect(await story.labels(number)).toContain('checks-failed');
    const [comment] = story.github.repository('registry/index').comments(number);
    expect(comment?.body).toContain(code);
    expect(comment?.body).not.toContain(TOKEN);
    story.later(WAIT_MINUTES * 100);
    expect(await story.plan()).toMatchObject({ pulls: [{ number, action: 'leave' }] });
    await story.apply();
    expect((await story.as('registry').pull(number)).merged).toBe(false);
  });

  it('that could have changed its own checks is not believed, and not merged', async () => {
    const story = await startStory();
    await accepted(story);
    const files = new Map(placed(await story.pack.submission(NAME, '1.0.1', { first: false })));
    files.set('.github/workflows/validate.yml', 'on: pull_request\n');
    const number = await story.propose('ada', 'change', files);
    const { out, report } = await story.check(number);
    expect(errorsOf(report)).toContain('PATH_NOT_ALLOWED');
    const forged: SubmissionReport = { ...report, decision: 'merge', reasons: [], checks: [], versions: [] };
    await writeFile(join(out, 'submission-report.json'), JSON.stringify(forged));
    await story.report(number, out);
    expect(await story.labels(number)).toEqual(['checks-incomplete', 'needs-review']);
    story.later(WAIT_MINUTES * 100);
    expect(await story.plan()).toMatchObject({ pulls: [{ action: 'leave' }] });
  });

  it('cannot have the report of another commit told, nor one with another submitter, nor one without a form', async () => {
    const story = await startStory();
    await accepted(story);
    const number = await story.propose('ada', 'change', placed(await versionWith()(story)));
    const { out, report } = await story.check(number);
    const file = join(out, 'submission-report.json');
    for (const forged of [
      { ...report, head: '0'.repeat(40) },
      { ...report, submitter: EVE },
      { ...report, more: 1 },
    ]) {
      await writeFile(file, JSON.stringify(forged));
      expect(await story.report(number, out)).toMatchObject({
        pull: number,
        believed: false,
        labels: ['checks-incomplete', 'needs-review'],
      });
    }
    await writeFile(file, JSON.stringify(report));
    expect(await story.report(number, out)).toMatchObject({ believed: true });
    expect(await story.labels(number)).toEqual(['checks-passed']);
  });

  it('that is pushed to after the plan is not merged, nor one that a person holds, nor one for another base', async () => {
    const story = await startStory();
    await accepted(story);
    const number = await story.propose('ada', 'change', placed(await versionWith()(story)));
    await story.check(number);
    story.later(WAIT_MINUTES + 1);
    expect(await story.plan()).toMatchObject({ pulls: [{ action: 'merge' }] });
    const plan = await readFile(join(story.pack.folder, 'plan.json'), 'utf8');
    await story.github.repository('ada/index').commit({ 'extra.txt': 'x' }, { branch: 'change' });
    expect(await story.apply()).toMatchObject({ merged: [], skipped: [{ number }] });
    await story.github.repository('registry/index').commit({ 'README.md': 'moved' });
    await writeFile(join(story.pack.folder, 'plan.json'), plan);
    await expect(story.apply()).rejects.toThrow('PLAN_OUTDATED');
  });

  it('is not merged although every check of it is green', async () => {
    const story = await startStory();
    await accepted(story);
    const number = await story.propose(
      'ada',
      'change',
      placed(await versionWith('export default eval("1");\n')(story)),
    );
    await story.check(number, 'success');
    story.later(WAIT_MINUTES + 1);
    expect(await story.plan()).toMatchObject({ pulls: [{ number, action: 'leave' }] });
  });

  it('is left alone while it is on hold', async () => {
    const story = await startStory();
    await accepted(story);
    const number = await story.propose('ada', 'change', placed(await versionWith()(story)));
    await story.check(number);
    await story.as('registry').ensureLabels([{ name: 'hold', color: '000000', description: 'Wait' }]);
    await story.as('registry').setLabels(number, ['hold'], []);
    story.later(WAIT_MINUTES + 1);
    expect(await story.plan()).toMatchObject({ pulls: [{ action: 'leave' }] });
  });
});

async function yanked(): Promise<Files> {
  const status = { schemaVersion: 1, distTags: {}, yanked: { '1.0.0': 'Because I can' } };
  return new Map([[indexPaths.status(NAME), stringifyRecord(status)]]);
}

async function changedVersion({ pack }: Story): Promise<Files> {
  const files = await pack.submission(NAME, '1.0.0', {
    first: false,
    files: { 'dist/index.js': 'export default 2;\n' },
  });
  return new Map([...files].filter(([path]) => !path.endsWith('status.yaml')));
}

async function withSymlink({ pack }: Story): Promise<Files> {
  const bytes = pluginWith({ path: 'package/link', type: '2', linkpath: '/etc/passwd' });
  const integrity = integrityOf(bytes);
  const files = await pack.submission(NAME, '1.0.1', {
    first: false,
    record: (record) => ({
      ...record,
      dist: { ...record.dist, tarball: `store:${integrity}`, integrity, size: bytes.length },
    }),
  });
  const kept = [...files].filter(([path]) => !path.startsWith('store/'));
  return new Map([...kept, [`store/${archiveStorePath(integrity)}`, bytes]]);
}

async function lookalike({ pack }: Story): Promise<Files> {
  const files = await pack.submission('@acne/audit', '1.0.0', { publishedBy: EVE });
  const scope = stringifyRecord({ schemaVersion: 1, scope: 'acne', level: 'community', owners: [EVE] });
  return new Map([...files, [indexPaths.scope('acne'), scope]]);
}
