import { ArError } from '@ar-registry/core/errors';
import { nearest } from '@ar-registry/core/text';
import { defineCommand } from '../command.ts';
import { type Context, readProjectIfAny } from '../context.ts';
import { COMMANDS } from './index.ts';

const SHELL_NAMES = ['bash', 'zsh', 'fish', 'powershell'] as const;

export const completion = defineCommand({
  name: 'completion',
  summary: 'Print what your shell reads to complete this command.',
  details: [
    'bash: `source <(ar plugin completion bash)` in ~/.bashrc. zsh: the same after `compinit` in ~/.zshrc. fish: `ar plugin completion fish | source` in config.fish. PowerShell: `ar plugin completion powershell | Out-String | Invoke-Expression` in $PROFILE.',
  ],
  examples: [
    { command: 'completion bash', does: 'for bash' },
    { command: 'completion --installed', does: 'the names of installed plugins, as the scripts ask for them' },
  ],
  options: { installed: { type: 'boolean', summary: 'print the names of installed plugins, one a line' } },
  positionals: { shell: { summary: SHELL_NAMES.join(', '), optional: true } },
  async run({ values, args }, context) {
    if (values.installed) return { kind: 'names', plugins: await installedNames(context) } as const;
    const shell = SHELL_NAMES.find((name) => name === args.shell);
    if (shell === undefined) throw unknownShell(args.shell);
    const { completionScript, describeCommands } = await import('../completion/index.ts');
    const { TOPICS } = await import('../topics.ts');
    const program = await describeCommands(COMMANDS, Object.keys(TOPICS));
    return { kind: 'script', shell, script: completionScript(shell, program) } as const;
  },
});

async function installedNames(context: Context): Promise<readonly string[]> {
  // Whoever presses Tab neither waits for another command nor changes anything.
  const project = await readProjectIfAny(await context.projectDir(), context.dataDir, true);
  return Object.keys(project?.wanted.plugins ?? {});
}

function unknownShell(given: string | undefined): ArError {
  const known = SHELL_NAMES.join(', ');
  const problem =
    given === undefined ? `Name a shell: ${known}.` : `There is no completion for ${given}, but for ${known}.`;
  const [near] = given === undefined ? [] : nearest(given, SHELL_NAMES);
  const suggestion = near === undefined ? {} : { suggestion: `\`ar plugin completion ${near}\`` };
  return new ArError('USAGE', { problem, ...suggestion, help: 'ar plugin completion --help' });
}
