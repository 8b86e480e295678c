/** Rules over single steps. */
import { textOf, type Step } from './read.ts';
import { actionOf, stepRule, withOf } from './rules.ts';

const LONGEST_ARTIFACT_DAYS = 30;

export const unpinned = stepRule('unpinned', ({ uses, comment }) => {
  if (uses === '' || uses.startsWith('./')) return undefined;
  if (!/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(uses)) return `${uses} is not pinned by a commit.`;
  return /^v\d+\.\d+\.\d+$/.test(comment) ? undefined : `${uses} does not say its version, as in “# v1.2.3”.`;
});

/** An expression in a command becomes part of the command, whoever wrote its value. */
export const templateInjection = stepRule('template-injection', (step) => {
  const scripts = [step.run, withOf(step, 'script')];
  return scripts.some((script) => script.includes('${{'))
    ? 'An expression stands in a command: give it in env.'
    : undefined;
});

export const persistedCredentials = stepRule('persisted-credentials', (step) =>
  actionOf(step) === 'actions/checkout' && step.with['persist-credentials'] !== false
    ? 'The checkout leaves the token in .git/config.'
    : undefined,
);

/** One artifact by its name, outside of every checkout, so that it overwrites no tool. */
export const artifactDownload = stepRule('artifact-download', (step) => {
  if (actionOf(step) !== 'actions/download-artifact') return undefined;
  if (withOf(step, 'name') === '') return 'Any number of artifacts are downloaded.';
  return isOutside(step) ? undefined : 'The artifact is unpacked into the checkout.';
});

export const artifactUpload = stepRule('artifact-upload', (step) => {
  if (actionOf(step) !== 'actions/upload-artifact') return undefined;
  const days = step.with['retention-days'];
  if (typeof days !== 'number' || days > LONGEST_ARTIFACT_DAYS)
    return `The artifact is not said to go within ${LONGEST_ARTIFACT_DAYS} days.`;
  return isOutside(step) ? undefined : 'What is uploaded lies in the checkout, which may hold more than is meant.';
});

/** What later steps find in their environment must not come from data. */
export const environmentFile = stepRule('environment-file', ({ run }) =>
  /GITHUB_(?:ENV|PATH)\b/.test(run) ? 'The step writes the environment of all that follow.' : undefined,
);

export const insecureCommands = stepRule('insecure-commands', ({ env }) =>
  textOf(env['ACTIONS_ALLOW_UNSECURE_COMMANDS']) === '' ? undefined : 'Commands in the log are obeyed.',
);

/** Logic belongs into a command that a laptop can run, too. */
export const longScript = stepRule('long-script', ({ run }) =>
  run.trim().split('\n').length > 3 ? 'More than three lines of shell: make it a command.' : undefined,
);

function isOutside(step: Step): boolean {
  const path = withOf(step, 'path');
  return path !== '' && path.split('\n').every((line) => line === '' || isTemporary(line.trim()));
}

function isTemporary(path: string): boolean {
  return path === '${{ inputs.path }}' || (path.startsWith('${{ runner.temp }}/') && !path.includes('..'));
}
