import {
  isAtCommit,
  isOutdated,
  parseGitSource,
  standingOf,
  updateTargets,
  type GitTarget,
} from '@ar-registry/core/install';
import type { InstallPorts } from '@ar-registry/io/install';
import { defineCommand } from '../command.ts';
import type { NewerCommit } from '../present/outdated.ts';

export const outdated = defineCommand({
  name: 'outdated',
  summary: 'Show which plugins have newer versions.',
  details: [
    'Wanted is what `update` would install, latest what `update --latest` would. Installed versions that were withdrawn or deprecated are marked.',
  ],
  examples: [
    { command: 'outdated', does: 'current, wanted and latest version of each' },
    { command: 'outdated --exit-code', does: 'for a scheduled check: ends with 1 if there are any' },
  ],
  options: {
    'exit-code': { type: 'boolean', summary: 'end with exit code 1 if any plugin is outdated' },
  },
  positionals: {},
  async run({ values }, context) {
    const { readProject } = await import('@ar-registry/io/project');
    const { createPorts, readOffers } = await import('../install/index.ts');
    const project = await readProject(await context.projectDir(), context.dataDir);
    const { registry, git, local } = updateTargets(project, []);
    const ports = await createPorts(context);
    const { offers, missing, elsewhere, commits } = await context.output.during('Looking up versions', async () => ({
      ...(await readOffers(registry, ports)),
      commits: await newerCommits(git, ports),
    }));
    const plugins = offers.flatMap(({ target, plugin, advisories }) => {
      const standing = standingOf(plugin, target);
      const isFlagged = standing.installed?.deprecated !== undefined || advisories.length > 0;
      return isFlagged || isOutdated(standing, target.version) ? [{ target, standing, advisories }] : [];
    });
    return { plugins, commits, local, missing, elsewhere, exitCode: values['exit-code'] };
  },
});

/** Asks each repository for its newest commit; those that have one that is not installed. */
async function newerCommits(targets: readonly GitTarget[], ports: InstallPorts): Promise<readonly NewerCommit[]> {
  if (targets.length === 0) return [];
  const { inParallel } = await import('@ar-registry/io/install');
  const { newestCommit } = await import('@ar-registry/io/install-git');
  const found = await inParallel(targets, async (target) => {
    const newest = await newestCommit(parseGitSource(target.git), ports);
    return isAtCommit(target, newest) ? [] : [{ target, newest }];
  });
  return found.flat();
}
