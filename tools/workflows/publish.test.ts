/** What `publish` does in which order, and with what those who call it have to come. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateGithubTemplates } from '../gen/github-templates.ts';
import { readWorkflows } from '../workflows.ts';
import { pipelineLines } from './command-lines.ts';
import { mapping, readWorkflow, textOf, type Job, type Workflow } from './read.ts';
import { actionOf, withOf, writesOf } from './rules.ts';

const root = path.resolve(import.meta.dirname, '../..');
const workflows = readWorkflows(root).filter(({ kind }) => kind === 'workflow');
const ours = byFile('.github/workflows/publish.yml');
/** Of an index that takes its tools from npm. */
const FROM_NPM = 'scripts/templates/github/workflows/publish.yml';
const fromNpm = readWorkflow(FROM_NPM, generateGithubTemplates(root).get(FROM_NPM) ?? '');

function byFile(file: string): Workflow {
  const found = workflows.find((workflow) => workflow.file === file);
  if (!found) throw new Error(`There is no ${file}.`);
  return found;
}

function jobOf(workflow: Workflow, id: string): Job {
  const found = workflow.jobs.find((job) => job.id === id);
  if (!found) throw new Error(`${workflow.file} has no job ${id}.`);
  return found;
}

/** What a job does, in its order: the commands of the pipeline by name, artifacts as `upload site`. */
function deedsOf(workflow: Workflow, id: string): readonly string[] {
  return jobOf(workflow, id).steps.flatMap((step) => {
    const [, command] = /^node_modules\/\.bin\/ar-registry (\S+)/.exec(step.run) ?? [];
    const [, verb] = /^actions\/(upload|download)-artifact$/.exec(actionOf(step)) ?? [];
    if (command !== undefined) return [command];
    return verb === undefined ? [] : [`${verb} ${withOf(step, 'name')}`];
  });
}

/** The steps of a job as they stand in the file, with all their keys. */
function stepsOf(job: Job): readonly ReturnType<typeof mapping>[] {
  return Array.isArray(job.values['steps']) ? job.values['steps'].map(mapping) : [];
}

describe('publish', () => {
  it('makes the pages of what is built and waits, keeps them for the next time, and counts them', () => {
    expect(deedsOf(ours, 'build')).toEqual([
      'fetch',
      'reports',
      'build',
      'queue',
      'site',
      'upload built',
      'upload site',
    ]);
    // With the log and the signatures: of all that is served.
    expect(deedsOf(ours, 'sign')).toEqual(['download site', 'sign', 'limits']);
  });

  it('makes them in the one folder that is built, for the address that it is built for', () => {
    const [built, site] = ['build', 'site'].map((name) =>
      pipelineLines(ours).find((line) => line.startsWith(`ar-registry ${name} `)),
    );
    expect(built).toMatch(/ --base-url "\$SITE" --out "\$RUNNER_TEMP\/site"$/);
    expect(site).toBe('ar-registry site --api "$RUNNER_TEMP/site" --base-url "$SITE"');
    const step = jobOf(ours, 'build').steps.find(({ run }) => run.includes('ar-registry site '));
    expect(step?.env).toEqual({ SITE: '${{ steps.pages.outputs.base_url }}' });
  });

  it('makes them where nothing can be changed, and no key is', () => {
    const job = jobOf(ours, 'build');
    expect(writesOf(job)).toEqual([]);
    expect(job.values).not.toHaveProperty('environment');
    const where = ours.jobs.filter(({ steps }) => steps.some(({ run }) => run.includes('ar-registry site ')));
    expect(where.map(({ id }) => id)).toEqual(['build']);
  });

  it('goes on without them: what is revoked is published though pages fail, or never end', () => {
    const step = stepsOf(jobOf(ours, 'build')).find(({ run }) => textOf(run).includes('ar-registry site '));
    expect(step).toMatchObject({ 'continue-on-error': true });
    expect(Number(step?.['timeout-minutes'])).toBeLessThan(Number(jobOf(ours, 'build').values['timeout-minutes']));
  });

  it('keeps what the next build and the next pages go on from, which begins with a dot', () => {
    const upload = jobOf(ours, 'build').steps.find((step) => withOf(step, 'name') === 'built');
    expect(upload?.with).toMatchObject({ path: '${{ runner.temp }}/site', 'include-hidden-files': true });
  });

  it('makes none where the tools are those of npm, which cannot, and says where it is told how', () => {
    expect(deedsOf(fromNpm, 'build')).toEqual(deedsOf(ours, 'build').filter((deed) => deed !== 'site'));
    expect(fromNpm.text).toMatch(/^ {6}# Pages .*docs\/guides\/registry-operators\.md/m);
    expect(jobOf(fromNpm, 'build').steps).toHaveLength(jobOf(ours, 'build').steps.length - 1);
  });
});

describe('whoever calls a workflow', () => {
  const calls = workflows.flatMap(({ file, jobs }) =>
    jobs.flatMap((job) => {
      const called = textOf(job.values['uses']).replace(/^\.\//, '');
      return called === '' ? [] : [{ from: `${path.basename(file)} ${job.id}`, job, called }];
    }),
  );

  it('is known here', () => {
    expect(calls.map(({ from }) => from)).toEqual(['automerge.yml publish', 're-sign.yml publish']);
  });

  // GitHub starts neither of the two otherwise, not even the jobs before the call.
  it.each(calls)('$from grants what its jobs ask for', ({ job, called }) => {
    const granted = mapping(job.values['permissions']);
    for (const { values } of byFile(called).jobs)
      for (const [scope, access] of Object.entries(mapping(values['permissions'])))
        expect({ [scope]: granted[scope] }).toEqual({ [scope]: granted[scope] === 'write' ? 'write' : access });
  });

  it.each(calls)('$from hands on the secrets that its jobs use', ({ job, called }) => {
    const usesSecrets = byFile(called).text.includes('${{ secrets.');
    expect(job.values['secrets']).toBe(usesSecrets ? 'inherit' : undefined);
  });
});
