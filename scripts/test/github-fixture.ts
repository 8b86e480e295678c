/** The registry at GitHub's double, its people, and the commands as its workflows run them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { createGitHub, type GitHubRepository } from '@ar-registry/io/github';
import type {
  Account,
  AutomergeOutput,
  AutomergePlan,
  ReportOutput,
  SubmissionReport,
  Validator,
} from '@ar-registry/schemas';
import { validator as isAutomergeOutput } from '@ar-registry/schemas/validators/cli/automerge';
import { validator as isCheckOutput } from '@ar-registry/schemas/validators/cli/check';
import { validator as isReportOutput } from '@ar-registry/schemas/validators/cli/report';
import { createGitHubDouble, type GitHubDouble } from '@ar-registry/testing/github';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { runProgram } from '../src/program.ts';
import { ADA, EVE, INDEX_FILES, testRegistry, type Files, type TestRegistry } from './registry-fixture.ts';

const REGISTRY: Account = { login: 'registry', id: 100 };
/** Whom the token of a workflow belongs to. */
const BOT = 'github-actions[bot]';
const NAME = { owner: 'registry', repo: 'index' };
export const PREFIX = 'registry-index/';
export const WAIT_MINUTES = 30;
const CLI = process.env['AR_TEST_CLI'] ?? fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url));

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Story {
  readonly github: GitHubDouble;
  /** Folder of everything that the test writes; and a maker of packages. */
  readonly pack: TestRegistry;
  /** Time passes, for the pipeline. */
  later(minutes: number): void;
  /** `ar-registry …`, with a token or without. */
  run(args: readonly string[], token?: string): Promise<Ended>;
  /** `ar …` as a user with this token. */
  ar(args: readonly string[], token?: string): Promise<Ended>;
  /** The repository with the token of `who`. */
  as(who: 'registry' | 'ada' | 'eve', name?: { readonly owner: string; readonly repo: string }): GitHubRepository;
  /** A pull request from a fork of `who`, with these files from the top of the repository. */
  propose(who: 'ada' | 'eve', branch: string, files: Files): Promise<number>;
  /** What the workflow of a pull request does, with its check run: as green as it should be, or as is said. */
  check(
    number: number,
    conclusion?: string,
  ): Promise<{ readonly exitCode: number; readonly report: SubmissionReport; readonly out: string }>;
  /** What the workflow does that tells the report. */
  report(number: number, out: string): Promise<ReportOutput>;
  plan(): Promise<AutomergePlan>;
  /** @throws Error with what the command said, where it refused */
  apply(): Promise<AutomergeOutput>;
  labels(number: number): Promise<readonly string[]>;
}

/** A registry with its scopes and no plugin yet. Disposed of when the test has ended. */
export async function startStory(): Promise<Story> {
  const github = await createGitHubDouble({
    accounts: [
      { ...REGISTRY, token: 'token-of-registry' },
      { ...ADA, token: 'token-of-ada' },
      { ...EVE, token: 'token-of-eve' },
      { login: BOT, id: 41_898_282, type: 'Bot' },
    ],
    repositories: [{ owner: NAME.owner, name: NAME.repo, files: firstFiles() }],
  });
  onTestFinished(() => github[Symbol.asyncDispose]());
  const pack = await testRegistry();
  let offsetMs = 0;
  const nowMs = (): number => Date.now() + offsetMs;
  const clock = { nowMs, now: () => new Date(nowMs()).toISOString() };
  const { signal } = new AbortController();
  const places = { AR_GITHUB_API: github.apiUrl, AR_GITHUB_UPLOADS: github.uploadUrl, AR_GITHUB_WEB: github.webUrl };
  const base = { PATH: process.env['PATH'] ?? '', HOME: pack.folder, AR_KEYCHAIN: 'off', ...places };
  const gitDir = github.gitUrl(NAME.owner, NAME.repo);
  const withToken = (token: string | undefined) => ({
    ...base,
    ...(token === undefined ? {} : { GITHUB_TOKEN: token }),
  });
  const readOnly = github.createToken(BOT, {
    repository: 'registry/index',
    permissions: { contents: 'read', 'pull-requests': 'read', checks: 'read' },
  });
  const writing = github.createToken(BOT, {
    repository: 'registry/index',
    permissions: { contents: 'write', 'pull-requests': 'write', issues: 'write', checks: 'read' },
  });

  const actions = github.createToken(BOT, { repository: 'registry/index', permissions: { checks: 'write' } });

  async function run(args: readonly string[], token?: string): Promise<Ended> {
    let [stdout, stderr] = ['', ''];
    const streams = {
      stdout: (text: string) => void (stdout += text),
      stderr: (text: string) => void (stderr += text),
    };
    const exitCode = await runProgram(args, { cwd: pack.folder, clock, env: withToken(token), signal }, streams);
    return { exitCode, stdout, stderr };
  }

  const as: Story['as'] = (who, name = NAME) =>
    createGitHub({ token: `token-of-${who}`, apiUrl: github.apiUrl, signal }).repository(name);

  return {
    github,
    pack,
    run,
    as,
    later: (minutes) => void (offsetMs += minutes * 60_000),
    ar: async (args, token) => {
      const options = { cwd: pack.folder, env: withToken(token), extendEnv: false, reject: false } as const;
      const {
        exitCode = 1,
        stdout,
        stderr,
      } = await execa(process.execPath, ['--conditions=ar-source', CLI, ...args], options);
      return { exitCode, stdout, stderr };
    },
    propose: async (who, branch, files) => {
      const upstream = as('registry');
      const fork = await as(who).fork();
      const own = as(who, { owner: fork.owner, repo: fork.repo });
      await own.syncFork('main');
      const tip = (await upstream.branch('main')) ?? '';
      const author = { name: who, email: `${who}@example.com` };
      const commit = { base: tip, files, message: `Change ${branch}\n`, author, now: new Date(0) };
      await own.createBranch(branch, await own.makeCommit(commit));
      const pull = {
        title: '<img src=x onerror=alert(1)> @everyone',
        body: 'Please merge',
        head: `${who}:${branch}`,
        base: 'main',
      };
      return (await as(who).openPull(pull)).number;
    },
    check: async (number, conclusion) => {
      const pull = await as('registry').pull(number);
      const { author, head, base: onto, labels } = pull;
      const event = {
        number,
        user: author,
        head: { sha: head.sha },
        base: { sha: onto.sha },
        labels: labels.map((name) => ({ name })),
      };
      const file = join(pack.folder, `event-${number}.json`);
      await writeFile(file, JSON.stringify({ action: 'synchronize', pull_request: event }));
      const out = join(pack.folder, `report-${number}`);
      const args = ['check', '--index', gitDir, '--event', file, '--out', out, '--json'];
      const ended = await run(args);
      const { exitCode } = ended;
      const { report } = read(isCheckOutput, ended);
      if (!report) throw new Error('A submission was to be checked.');
      await addCheckRun(github, {
        token: actions,
        sha: head.sha,
        conclusion: conclusion ?? (exitCode === 0 ? 'success' : 'failure'),
      });
      return { exitCode, report, out };
    },
    report: async (number, out) => {
      const { head } = await as('registry').pull(number);
      const args = ['report', '--from', out, '--repo', 'registry/index', '--head', head.sha, '--json'];
      return read(isReportOutput, await run(args, writing));
    },
    plan: async () => {
      const args = [
        'automerge',
        '--repo',
        'registry/index',
        '--index',
        gitDir,
        '--out',
        'plan.json',
        '--json',
        '--outputs',
        'outputs',
      ];
      const { plan } = read(isAutomergeOutput, await run(args, readOnly));
      if (!plan) throw new Error('A plan was asked for.');
      return plan;
    },
    apply: async () =>
      read(
        isAutomergeOutput,
        await run(['automerge', '--repo', 'registry/index', '--apply', 'plan.json', '--json'], writing),
      ),
    labels: async (number) => (await as('registry').pull(number)).labels,
  };
}

/** What a command said with `--json`, by its schema. */
function read<T>(validate: Validator<T>, { stdout }: Ended): T {
  const value = JSON.parse(stdout) as object;
  const checked = validate(value);
  if (checked.ok && !('error' in value)) return checked.value;
  throw new Error(stdout);
}

function firstFiles(): Readonly<Record<string, string>> {
  const registry = { schemaVersion: 1, name: 'test', title: 'Test registry', automerge: { waitMinutes: WAIT_MINUTES } };
  const files = { ...INDEX_FILES, 'registry.yaml': stringifyRecord(registry) };
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${PREFIX}${path}`, text]));
}

/** What GitHub itself does when a workflow runs for a pull request. */
async function addCheckRun(
  { apiUrl }: GitHubDouble,
  { token, sha, conclusion }: { readonly token: string; readonly sha: string; readonly conclusion: string },
): Promise<void> {
  const answer = await fetch(`${apiUrl}/repos/registry/index/check-runs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'registry check', head_sha: sha, status: 'completed', conclusion }),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
}
