import { defineCommand } from '../command.ts';

export const list = defineCommand({
  name: 'list',
  summary: 'List the plugins of this project.',
  examples: [
    { command: 'list', does: 'what is installed' },
    { command: 'list --json', does: 'the same for a script' },
  ],
  options: {},
  positionals: {},
  async run(_input, context) {
    const { readProject } = await import('@ar-registry/io/project');
    const project = await context.projectDir();
    const { wanted, lock } = await readProject(project, context.dataDir);
    const plugins = Object.keys(wanted.plugins)
      .toSorted()
      .flatMap((name) => {
        const want = wanted.plugins[name];
        const entry = lock.plugins[name];
        return want ? [{ name, want, entry }] : [];
      });
    return { kind: 'listed', project, plugins } as const;
  },
});
