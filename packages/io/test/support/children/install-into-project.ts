/** Adds plugins to a project one by one, each by a change of its own. */
import { planInstall } from '@ar-registry/core/install';
import { changeProject } from '@ar-registry/io/project';
import { folderCandidate } from '../generations.ts';

const [dir = '', dataDir = '', prefix = '', count = '0'] = process.argv.slice(2);
for (let index = 0; index < Number(count); index += 1)
  await changeProject({ dir, dataDir, holder: prefix }, async (project) => {
    const { change } = planInstall(project, [folderCandidate(`@acme/${prefix}-${index}`)]);
    return { change, result: undefined };
  });
