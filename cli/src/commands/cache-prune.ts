import { defineCommand } from '../command.ts';

export const cachePrune = defineCommand({
  name: 'cache prune',
  summary: 'Remove packages that no project uses any more.',
  details: [
    'Removed are packages that no known project’s lock names, entries that do not say what they are, what interrupted installations left behind, and answers of registries that are older than 30 days or damaged. Kept is what an installation used within the last hour: its lock may be about to name it. What was removed and is needed again, `ar plugin install` fetches.',
    'A project is known from its first installation on. While the files of one cannot be read, nothing that it may use is removed.',
  ],
  examples: [
    { command: 'cache prune --dry-run', does: 'what would be removed' },
    { command: 'cache prune', does: 'removes it' },
  ],
  options: { 'dry-run': { type: 'boolean', summary: 'say what would be done, and do nothing' } },
  positionals: {},
  async run({ values }, { dataDir, signal, now, output }) {
    const { pruneStore } = await import('@ar-registry/io/store-cache');
    const options = { dataDir, signal, nowMs: now().getTime(), dryRun: values['dry-run'] };
    const pruned = await output.during('Pruning', () => pruneStore(options));
    return { ...pruned, dryRun: options.dryRun, dataDir };
  },
});
