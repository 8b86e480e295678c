/** Rules over jobs: what they may do, where and how long. */
import { mapping, textOf, textsOf, type Job, type Mapping } from './read.ts';
import { actionOf, jobRule, withOf, writesOf } from './rules.ts';

/** The machines that jobs may run on: hosted by GitHub, of a named version. */
const RUNNERS = ['ubuntu-24.04'];

export const runner = jobRule('runner', ({ values }) => {
  if ('uses' in values) return undefined;
  const [label = '', ...others] = textsOf(values['runs-on']);
  return RUNNERS.includes(label) && others.length === 0
    ? undefined
    : `${label || 'A group'} is no runner of ${RUNNERS.join(', ')}: what runs on another's machine stays there.`;
});

export const timeout = jobRule('timeout', ({ values }) => {
  if ('uses' in values) return undefined;
  const minutes = values['timeout-minutes'];
  return typeof minutes === 'number' && minutes <= 120 ? undefined : 'The job has no timeout-minutes of 120 or less.';
});

export const jobPermissions = jobRule('job-permissions', ({ values }) => {
  const { permissions } = values;
  if (permissions === undefined) return 'The job does not say its permissions.';
  return typeof permissions === 'object' && permissions !== null
    ? undefined
    : `“${textOf(permissions)}” grants more than anybody reads.`;
});

/** A job that can change something runs nobody's code but the tools', and fetches no history but that of `main`. */
export const writeWithUntrusted = jobRule('write-with-untrusted', (job) => {
  if (writesOf(job).length === 0) return undefined;
  const step = job.steps.find(
    (candidate) => actionOf(candidate) === 'actions/checkout' && withOf(candidate, 'ref') !== 'main',
  );
  return step ? 'A job that may write checks out something else than main.' : undefined;
});

/**
 * Secrets are for two things: the keys of the index and the secrets of webhooks, each in the environment of the one step
 * that uses them, in a job of the environment that holds them.
 *
 * A job of a workflow that is called has those of its environment only where the caller hands on all secrets. It may to a
 * workflow of this repository, whose jobs this rule looks at, too.
 *
 * @source https://github.com/actions/runner/issues/1490
 */
export const secrets = jobRule('secrets', ({ id, values }) => {
  if (values['secrets'] === 'inherit' && !textOf(values['uses']).startsWith('./'))
    return `${id} hands on every secret.`;
  const allowed = SECRETS[textOf(values['environment'])];
  const rest = allowed === undefined ? values : withoutAllowed(values, allowed);
  const used = /\bsecrets\b\s*[.[]|toJSON\(\s*secrets/i.test(JSON.stringify(rest));
  return used ? 'The job reads a secret.' : undefined;
});

interface AllowedSecrets {
  readonly command: string;
  readonly prefix: string;
}

/** Environment → which command may have which secrets. */
const SECRETS: Readonly<Record<string, AllowedSecrets>> = {
  signing: { command: 'sign', prefix: 'AR_REGISTRY_KEY_' },
  webhooks: { command: 'notify', prefix: 'AR_WEBHOOK_' },
};

function withoutAllowed(values: Mapping, { command, prefix }: AllowedSecrets): Mapping {
  const steps = Array.isArray(values['steps']) ? values['steps'].map(mapping) : [];
  const kept = steps.map((step) => {
    if (!textOf(step['run']).startsWith(`node_modules/.bin/ar-registry ${command} `)) return step;
    const variables = Object.entries(mapping(step['env']));
    const others = variables.filter(([name, value]) => !name.startsWith(prefix) || value !== `\${{ secrets.${name} }}`);
    return { ...step, env: Object.fromEntries(others) };
  });
  return { ...values, steps: kept };
}

/** A token in the environment of a job is in that of every step, the tools' installation included. */
export const tokenScope = jobRule('token-scope', (job) =>
  mentionsToken(job.values['env']) ? 'The token is given to the whole job, not to the step that needs it.' : undefined,
);

/** What a cache holds can come from a run that others started; what is published must not. */
export const cachePoisoning = jobRule('cache-poisoning', (job) => {
  const cached = job.steps.find(usesCache);
  return cached ? `${actionOf(cached)} restores a cache.` : undefined;
});

function mentionsToken(env: unknown): boolean {
  return /github\.token|GITHUB_TOKEN/.test(JSON.stringify(mapping(env)));
}

function usesCache(step: Job['steps'][number]): boolean {
  const action = actionOf(step);
  if (action.startsWith('actions/cache')) return true;
  if (!action.startsWith('actions/setup-')) return false;
  return withOf(step, 'cache') !== '' || withOf(step, 'package-manager-cache') !== 'false';
}
