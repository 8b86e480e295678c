import { describe, expect, it } from 'vitest';
import { checkWorkflow, RULES } from '../workflows.ts';
import { readWorkflow } from './read.ts';

const SHA = '9c091bb21b7c1c1d1991bb908d89e4e9dddfe3e0';
const CHECKOUT = `- uses: actions/checkout@${SHA} # v7.0.0
  with: { ref: main, persist-credentials: false }`;

interface Parts {
  readonly on?: string;
  readonly permissions?: string;
  readonly concurrency?: string;
  /** Lines of the job besides its permissions and steps. */
  readonly job?: string;
  readonly jobPermissions?: string;
  readonly steps?: string;
}

/** A workflow that no rule minds, but for the parts that are given. */
function workflow({
  on = 'push: { branches: [main] }',
  permissions = 'permissions: {}',
  concurrency = 'concurrency: { group: a, cancel-in-progress: false }',
  job = 'runs-on: ubuntu-24.04\ntimeout-minutes: 5',
  jobPermissions = 'permissions: { contents: read }',
  steps = CHECKOUT,
}: Parts): string {
  return [
    'on:',
    indent(on, 2),
    permissions,
    concurrency,
    'jobs:',
    '  a:',
    indent(job, 4),
    indent(jobPermissions, 4),
    '    steps:',
    indent(steps, 6),
    '',
  ].join('\n');
}

function indent(text: string, width: number): string {
  return text.replaceAll(/^/gm, ' '.repeat(width));
}

function rulesBroken(text: string): readonly string[] {
  return [...new Set(checkWorkflow(readWorkflow('.github/workflows/a.yml', text)).map(({ rule }) => rule))];
}

const run = (script: string): string => `- run: ${script}`;
const signing = (script: string, name: string): string =>
  `${run(script)}\n  env: { ${name}: '\${{ secrets.${name} }}' }`;
const uses = (action: string, inputs = ''): string => `- uses: ${action}${inputs === '' ? '' : `\n  with: ${inputs}`}`;
const artifact = (verb: string, inputs: string): string => uses(`actions/${verb}-artifact@${SHA} # v1.0.0`, inputs);

/** Rule → workflows that break it, and workflows that come close and do not. */
const CASES: Readonly<Record<string, { readonly bad: readonly Parts[]; readonly good: readonly Parts[] }>> = {
  'dangerous-trigger': {
    bad: [{ on: 'pull_request_target:' }, { on: 'issue_comment: { types: [created] }' }],
    good: [{ on: 'pull_request:' }, { on: 'merge_group:' }],
  },
  'untrusted-checkout': {
    bad: [
      {
        on: 'workflow_run: { workflows: [b], types: [completed] }',
        steps: CHECKOUT.replace('ref: main', "ref: '${{ github.event.workflow_run.head_sha }}'"),
      },
      {
        on: 'workflow_run: { workflows: [b], types: [completed] }',
        steps: CHECKOUT.replace(
          'ref: main',
          "ref: main, repository: '${{ github.event.workflow_run.head_repository }}'",
        ),
      },
      { on: 'workflow_run: { workflows: [b] }', steps: CHECKOUT.replace('ref: main, ', '') },
    ],
    good: [
      { on: 'workflow_run: { workflows: [b], types: [completed] }' },
      { on: 'pull_request:', steps: CHECKOUT.replace('ref: main', "ref: '${{ github.event.pull_request.head.sha }}'") },
    ],
  },
  'top-permissions': {
    bad: [{ permissions: '' }, { permissions: 'permissions:' }, { permissions: 'permissions: { contents: read }' }],
    good: [{}],
  },
  concurrency: {
    bad: [
      { concurrency: '' },
      { concurrency: 'concurrency: { group: a }' },
      {
        concurrency: 'concurrency: { group: a, cancel-in-progress: true }',
        jobPermissions: 'permissions: { pages: write }',
      },
    ],
    good: [{ concurrency: 'concurrency: { group: a, cancel-in-progress: true }' }],
  },
  'full-hour': {
    bad: ['0 4 * * *', '* * * * *', '*/15 * * * *', '7,0 * * * *', '1-59 * * * *'].map((cron) => ({
      on: `schedule: [{ cron: '${cron}' }]`,
    })),
    good: [{ on: "schedule: [{ cron: '7,37 0 * * *' }]" }],
  },
  'path-filter': {
    bad: [{ on: 'pull_request: { paths: [a/**] }' }, { on: 'pull_request: { paths-ignore: [a/**] }' }],
    good: [{ on: 'pull_request: { branches: [main] }' }, { on: 'push: { paths: [a/**] }' }],
  },
  runner: {
    bad: ['self-hosted', '[self-hosted, linux]', 'ubuntu-latest', '{ group: big }', "'${{ inputs.runner }}'"].map(
      (label) => ({ job: `runs-on: ${label}\ntimeout-minutes: 5` }),
    ),
    good: [{ job: 'runs-on: [ubuntu-24.04]\ntimeout-minutes: 5' }],
  },
  timeout: {
    bad: [{ job: 'runs-on: ubuntu-24.04' }, { job: 'runs-on: ubuntu-24.04\ntimeout-minutes: 360' }],
    good: [{ job: 'uses: ./.github/workflows/b.yml' }],
  },
  'job-permissions': {
    bad: ['', 'permissions: write-all', 'permissions: read-all'].map((jobPermissions) => ({ jobPermissions })),
    good: [{ jobPermissions: 'permissions: {}' }],
  },
  'write-with-untrusted': {
    bad: [
      {
        jobPermissions: 'permissions: { contents: write }',
        steps: CHECKOUT.replace('main', "'${{ github.event.pull_request.head.sha }}'"),
      },
      { jobPermissions: 'permissions: { contents: write }', steps: CHECKOUT.replace('ref: main, ', '') },
    ],
    good: [
      { jobPermissions: 'permissions: { contents: write }' },
      { steps: CHECKOUT.replace('main', "'${{ github.event.pull_request.head.sha }}'") },
    ],
  },
  secrets: {
    bad: [
      { job: `uses: acme/tools/.github/workflows/b.yml@${SHA}\nsecrets: inherit` },
      { job: 'uses: ./.github/workflows/b.yml\nsecrets: { KEY: "${{ secrets.KEY }}" }' },
      { steps: "- run: a\n  env: { KEY: '${{ secrets.KEY }}' }" },
      { steps: `- run: a\n  env: { KEY: "\${{ secrets['KEY'] }}" }` },
      { steps: "- run: a\n  env: { ALL: '${{ toJSON(secrets) }}' }" },
      { steps: signing('node_modules/.bin/ar-registry sign --site a', 'AR_REGISTRY_KEY_BINS') },
      {
        job: 'runs-on: ubuntu-24.04\ntimeout-minutes: 5\nenvironment: signing',
        steps: signing('node_modules/.bin/ar-registry build --out a', 'AR_REGISTRY_KEY_BINS'),
      },
      {
        job: 'runs-on: ubuntu-24.04\ntimeout-minutes: 5\nenvironment: signing',
        steps: signing('node_modules/.bin/ar-registry sign --site a', 'OTHER'),
      },
      {
        job: 'runs-on: ubuntu-24.04\ntimeout-minutes: 5\nenvironment: webhooks',
        steps: signing('node_modules/.bin/ar-registry notify --index .', 'AR_REGISTRY_KEY_BINS'),
      },
      {
        job: 'runs-on: ubuntu-24.04\ntimeout-minutes: 5\nenvironment: signing',
        steps: signing('node_modules/.bin/ar-registry notify --index .', 'AR_WEBHOOK_MAIN'),
      },
    ],
    good: [
      { steps: "- run: a\n  env: { GITHUB_TOKEN: '${{ github.token }}' }" },
      { steps: run('ls secrets') },
      { job: 'uses: ./.github/workflows/b.yml\nsecrets: inherit' },
      {
        job: 'runs-on: ubuntu-24.04\ntimeout-minutes: 5\nenvironment: signing',
        steps: signing('node_modules/.bin/ar-registry sign --site a', 'AR_REGISTRY_KEY_BINS'),
      },
      {
        job: 'runs-on: ubuntu-24.04\ntimeout-minutes: 5\nenvironment: webhooks',
        steps: signing('node_modules/.bin/ar-registry notify --index .', 'AR_WEBHOOK_MAIN'),
      },
    ],
  },
  'token-scope': {
    bad: [{ job: "runs-on: ubuntu-24.04\ntimeout-minutes: 5\nenv: { GITHUB_TOKEN: '${{ github.token }}' }" }],
    good: [{ steps: "- run: a\n  env: { GITHUB_TOKEN: '${{ github.token }}' }" }],
  },
  'cache-poisoning': {
    bad: [
      uses(`actions/cache@${SHA} # v5.0.0`, '{ path: a, key: b }'),
      uses(`actions/cache/restore@${SHA} # v5.0.0`, '{ path: a, key: b }'),
      uses(`actions/setup-node@${SHA} # v6.4.0`, '{ node-version: 24, cache: npm }'),
      uses(`actions/setup-node@${SHA} # v6.4.0`, '{ node-version: 24 }'),
    ].map((steps) => ({ steps })),
    good: [{ steps: uses(`actions/setup-node@${SHA} # v6.4.0`, '{ package-manager-cache: false }') }],
  },
  unpinned: {
    bad: [
      uses('actions/configure-pages@v6'),
      uses('actions/configure-pages@main # v6.0.0'),
      uses(`actions/configure-pages@${SHA}`),
      uses(`actions/configure-pages@${SHA} # v6`),
      uses(`actions/configure-pages@${SHA.slice(0, 12)} # v6.0.0`),
      uses('docker://alpine:3'),
    ].map((steps) => ({ steps })),
    good: [{ steps: uses(`actions/configure-pages@${SHA} # v6.0.0`) }, { steps: uses('./.github/actions/tools') }],
  },
  'template-injection': {
    bad: [
      { steps: run('echo "${{ github.event.pull_request.title }}"') },
      { steps: uses(`actions/github-script@${SHA} # v8.0.0`, "{ script: 'f(`${{ github.head_ref }}`)' }") },
    ],
    good: [{ steps: '- run: echo "$TITLE"\n  env: { TITLE: \'${{ github.event.pull_request.title }}\' }' }],
  },
  'persisted-credentials': {
    bad: [
      { steps: CHECKOUT.replace(', persist-credentials: false', '') },
      { steps: CHECKOUT.replace('credentials: false', 'credentials: true') },
    ],
    good: [{}],
  },
  'artifact-download': {
    bad: [
      "{ path: '${{ runner.temp }}/a' }",
      '{ name: a }',
      '{ name: a, path: a }',
      "{ name: a, path: '${{ runner.temp }}/../a' }",
    ].map((inputs) => ({ steps: artifact('download', inputs) })),
    good: [{ steps: artifact('download', "{ name: a, path: '${{ runner.temp }}/a' }") }],
  },
  'artifact-upload': {
    bad: [
      "{ name: a, path: '${{ runner.temp }}/a' }",
      "{ name: a, path: '${{ runner.temp }}/a', retention-days: 90 }",
      '{ name: a, path: ., retention-days: 1 }',
      '{ name: a, path: "${{ runner.temp }}/a\\n.", retention-days: 1 }',
    ].map((inputs) => ({ steps: artifact('upload', inputs) })),
    good: [{ steps: artifact('upload', "{ name: a, path: '${{ runner.temp }}/a', retention-days: 1 }") }],
  },
  'environment-file': {
    bad: [{ steps: run('echo "A=b" >> "$GITHUB_ENV"') }, { steps: run('echo bin >> "$GITHUB_PATH"') }],
    good: [{ steps: run('echo "a=b" >> "$GITHUB_OUTPUT"') }],
  },
  'insecure-commands': {
    bad: [{ steps: '- run: a\n  env: { ACTIONS_ALLOW_UNSECURE_COMMANDS: true }' }],
    good: [{ steps: '- run: a\n  env: { ACTIONS_STEP_DEBUG: true }' }],
  },
  'long-script': {
    bad: [{ steps: '- run: |\n    a\n    b\n    c\n    d' }],
    good: [{ steps: '- run: |\n    a\n    b\n    c' }, { steps: '- run: >-\n    a\n    b\n    c\n    d' }],
  },
};

const pairs = (side: 'bad' | 'good'): readonly (readonly [string, number, string])[] =>
  Object.entries(CASES).flatMap(([rule, cases]) =>
    cases[side].map((parts, index) => [rule, index + 1, workflow(parts)] as const),
  );

describe('the rules over workflows', () => {
  it('are all tried here', () => {
    expect(RULES.map(({ name }) => name).toSorted()).toEqual(Object.keys(CASES).toSorted());
  });

  it('let a sound workflow pass', () => {
    expect(rulesBroken(workflow({}))).toEqual([]);
  });

  it.each(pairs('bad'))('%s refuses its case %i', (rule, _index, text) => {
    expect(rulesBroken(text)).toContain(rule);
  });

  it.each(pairs('good'))('%s allows its case %i', (rule, _index, text) => {
    expect(rulesBroken(text)).not.toContain(rule);
  });

  it('look into composite actions, too', () => {
    const action = `name: a\nruns:\n  using: composite\n  steps:\n    - run: echo \${{ inputs.a }}\n      shell: bash\n`;
    expect(rulesBroken(action)).toEqual(['template-injection']);
  });

  it('say where', () => {
    const problems = checkWorkflow(
      readWorkflow('a.yml', workflow({ steps: `${CHECKOUT}\n${run("'${{ github.head_ref }}'")}` })),
    );
    expect(problems).toMatchObject([{ rule: 'template-injection', file: 'a.yml', line: 13 }]);
  });
});

describe('reading a workflow', () => {
  it.each([
    ['on: push\non: pull_request\njobs: {}\n'],
    ['on: push\njobs:\n  a: []\n'],
    ['on: push\njobs:\n  a: { steps: &s [] }\n  b: { steps: *s }\n'],
  ])('refuses what it would misread: %j', (text) => {
    expect(() => readWorkflow('a.yml', text)).toThrow(Error);
  });

  it.each([['on: push'], ['on: [push]'], ['on: { push: {} }']])('knows the events of %j', (on) => {
    expect(Object.keys(readWorkflow('a.yml', `${on}\njobs: {}\n`).on)).toEqual(['push']);
  });
});
