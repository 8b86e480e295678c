import { ArError } from '@ar-registry/core/errors';
import { nearest } from '@ar-registry/core/text';
import { defineCommand } from '../command.ts';

export const verify = defineCommand({
  name: 'verify',
  summary: 'Compare the installed files with what the lock pins, and both with the log of the registry.',
  details: [
    'Reads every file of the installed packages again and names those that were changed, are missing or were added, and packages that are not of the version that the lock says. Ends with 3 if there are any; `ar plugin install` fetches a changed package anew.',
    'Then asks each registry that keeps a log of its decisions: that the log goes on from where it was last seen here, and has every installed version as it is. Ends with 3, and keeps nothing of what it was shown, if one of them does not hold or what the registry signed has expired; with 4 if a registry cannot be reached. What was found of the files is told in any case. --offline asks nobody.',
    'Not covered: the npm dependencies below node_modules, which npm verified against the package’s own lock when it installed them, and plugins in a folder of your own.',
  ],
  examples: [
    { command: 'verify', does: 'everything that is installed' },
    { command: 'verify @ar/audit-logger --json', does: 'one plugin, for a script' },
  ],
  options: {},
  positionals: { plugins: { summary: 'names of installed plugins', optional: true, many: true } },
  async run({ args }, context) {
    const { readProject } = await import('@ar-registry/io/project');
    const { verifyLocked } = await import('../install/verify-locked.ts');
    const { lock } = await readProject(await context.projectDir(), context.dataDir);
    const known = Object.keys(lock.plugins).toSorted();
    for (const plugin of args.plugins)
      if (!known.includes(plugin))
        throw new ArError('NOT_INSTALLED', { plugin, suggestions: nearest(plugin, known, 3) });
    const asked = known.filter((name) => args.plugins.length === 0 || args.plugins.includes(name));
    const entries = asked.flatMap((name) => {
      const entry = lock.plugins[name];
      return entry ? [{ name, entry }] : [];
    });
    const plugins = await context.output.during('Verifying', () => verifyLocked(entries, context));
    const { verifyLogs } = await import('../install/verify-logs.ts');
    return { plugins, logs: await context.output.during('Asking the log', () => verifyLogs(entries, context)) };
  },
});
