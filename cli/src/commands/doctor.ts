import { defineCommand } from '../command.ts';

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Check that everything here works, and say how to mend what does not.',
  details: [
    'Looks at Node.js, git, npm, the data folder, the registries, the project with its lock, the installed files, and agent-relay. Changes nothing. Ends with 1 if anything fails; a warning is no failure.',
  ],
  examples: [
    { command: 'doctor', does: 'what is wrong here' },
    { command: 'doctor --json', does: 'the same for a script' },
  ],
  options: {},
  positionals: {},
  async run(_input, context) {
    const { examine } = await import('../doctor/index.ts');
    return { checks: await context.output.during('Checking', () => examine(context)) };
  },
});
