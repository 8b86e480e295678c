import { ArError } from '@ar-registry/core/errors';
import { planRemove } from '@ar-registry/core/install';
import { nameProblem } from '@ar-registry/core/name';
import { defineCommand } from '../command.ts';

export const remove = defineCommand({
  name: 'remove',
  summary: 'Remove plugins from this project.',
  details: ['Their data stays, as do the files in the store that other projects use.'],
  examples: [{ command: 'remove @ar/audit-logger', does: 'takes it out of ar-plugins.yaml and ar-plugins.lock' }],
  options: { 'dry-run': { type: 'boolean', summary: 'say what would be done, and do nothing' } },
  positionals: { plugins: { summary: 'names of installed plugins', many: true } },
  async run({ values, args }, context) {
    for (const name of args.plugins) {
      const problem = nameProblem(name);
      if (problem !== undefined) throw new ArError('NAME_INVALID', { name, problem });
    }
    const { changeOptions } = await import('../install/index.ts');
    const { changeProject } = await import('@ar-registry/io/project');
    const options = changeOptions(await context.projectDir(), 'remove', context);
    return changeProject(options, async (project) => {
      const plan = planRemove(project, args.plugins);
      const kind = values['dry-run'] ? ('planned' as const) : ('removed' as const);
      return { change: values['dry-run'] ? undefined : plan.change, result: { kind, plan } };
    });
  },
});
