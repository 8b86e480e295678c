/** Rules over what starts a workflow, and over what it may do as a whole. */
import { mapping, textOf, textsOf, type Workflow } from './read.ts';
import { actionOf, stepRule, withOf, workflowRule } from './rules.ts';

/** Events that run the default branch's file, with its rights, on what somebody else wrote. */
const DANGEROUS = [
  'pull_request_target',
  'issue_comment',
  'issues',
  'discussion',
  'discussion_comment',
  'fork',
  'watch',
];

export const dangerousTrigger = workflowRule('dangerous-trigger', ({ on }) =>
  DANGEROUS.filter((event) => event in on).map((event) => `${event} hands this repository's rights to strangers.`),
);

/**
 * `workflow_run` comes with rights and tells of a run that a stranger may have started: nothing that the event names may
 * be checked out.
 */
export const untrustedCheckout = stepRule('untrusted-checkout', (step, _job, { on }) => {
  if (!('workflow_run' in on) || actionOf(step) !== 'actions/checkout') return undefined;
  const sources = ['ref', 'repository'].map((key) => withOf(step, key));
  if (sources.some((text) => text.includes('${{'))) return 'workflow_run checks out what its event names.';
  return sources[0] === '' ? 'workflow_run checks out without naming the branch.' : undefined;
});

export const topPermissions = workflowRule('top-permissions', ({ values }) =>
  'permissions' in values && values['permissions'] !== null && isEmptyMapping(values['permissions'])
    ? []
    : ['The workflow does not start from `permissions: {}`.'],
);

export const concurrency = workflowRule('concurrency', ({ values, on }) => {
  const { concurrency: rule } = values;
  if (textOf(mapping(rule)['group']) === '') return ['The workflow has no concurrency group.'];
  const [cancel] = textsOf(mapping(rule)['cancel-in-progress']);
  if (cancel === undefined) return ['The concurrency group does not say whether it cancels.'];
  return cancel === 'true' && writesPages(values) && !('pull_request' in on)
    ? ['A deployment would be broken off in the middle.']
    : [];
});

export const fullHour = workflowRule('full-hour', ({ on }) =>
  cronsOf(on).flatMap((cron) =>
    minutesOf(cron).some((minute) => minute === 0 || Number.isNaN(minute))
      ? [`“${cron}” starts on the full hour, when GitHub is late or drops runs.`]
      : [],
  ),
);

/** A required check of a workflow that paths keep from starting stays pending for ever. */
export const pathFilter = workflowRule('path-filter', ({ on }) =>
  ['pull_request', 'merge_group'].flatMap((event) =>
    ['paths', 'paths-ignore'].flatMap((key) =>
      key in mapping(on[event]) ? [`${event} has ${key}: its check can be waited for in vain.`] : [],
    ),
  ),
);

function isEmptyMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

function writesPages(values: Workflow['values']): boolean {
  return Object.values(mapping(values['jobs'])).some(
    (job) => mapping(mapping(job)['permissions'])['pages'] === 'write',
  );
}

function cronsOf(on: Workflow['on']): readonly string[] {
  const { schedule } = on;
  return Array.isArray(schedule) ? schedule.map((entry) => textOf(mapping(entry)['cron'])) : [];
}

/** The minutes of a cron line; NaN for what is no plain list of them, such as `*`. */
function minutesOf(cron: string): readonly number[] {
  const [minutes = ''] = cron.split(' ');
  return minutes.split(',').map((minute) => (/^\d{1,2}$/.test(minute) ? Number(minute) : Number.NaN));
}
