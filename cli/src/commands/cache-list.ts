import { judgeEntry } from '@ar-registry/core/install';
import { defineCommand } from '../command.ts';

export const cacheList = defineCommand({
  name: 'cache list',
  summary: 'Show what the shared store holds, and who uses it.',
  details: [
    'Packages are unpacked once and shared by all projects of a user. A project is known from its first installation on, where it was then; entries that no known project names can be pruned.',
  ],
  examples: [{ command: 'cache list', does: 'every package, its size and the projects that use it' }],
  options: {},
  positionals: {},
  async run(_input, { dataDir, signal, now, output }) {
    const { measure, readStore, responsesFolder, stagingFolder } = await import('@ar-registry/io/store-cache');
    const { knownProjects } = await import('@ar-registry/io/project');
    const projects = await knownProjects(dataDir);
    const { entries, unreadable } = await output.during('Reading the store', () => readStore(dataDir, signal));
    const judged = entries.map((found) => ({
      found,
      verdict: judgeEntry({ ...found, integrity: found.entry.integrity }, projects, now().getTime()),
    }));
    const responses = await measure(responsesFolder(dataDir));
    return {
      dataDir,
      entries: judged,
      unreadable: unreadable.map(({ folder }) => folder),
      unknownProjects: projects.flatMap(({ dir, references }) => (references ? [] : [dir])).toSorted(),
      responses,
      staging: await measure(stagingFolder(dataDir)),
    };
  },
});
