import { defineCommand } from '../command.ts';

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Check that everything here works, and say how to mend what does not.',
  details: [
    'Looks at Node.js, git, npm, the data folder, the registries, the project with its lock, the installed files, and agent-relay. Ends with 1 if anything fails; a warning is no failure.',
    'Told of is a folder of its own that others could write to. A group that has the number of its user, as many systems make one for everybody, is no other.',
    'Changes nothing: it asks the registries anew and keeps no answer, and it leaves an interrupted change as it is, for the command that it names.',
  ],
  examples: [
    { command: 'doctor', does: 'what is wrong here' },
    { command: 'doctor --json', does: 'the same for a script' },
  ],
  options: {},
  positionals: {},
  looksOnly: true,
  async run(_input, context) {
    const { examine } = await import('../doctor/index.ts');
    return { checks: await context.output.during('Checking', () => examine(context)) };
  },
});
