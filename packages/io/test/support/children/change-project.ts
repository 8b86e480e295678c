/**
 * Changes a project without end, until it is killed: generation n wants `1.0.n` of one plugin and locks it. Prints
 * each generation that is done.
 */
import { changeProject } from '@ar-registry/io/project';
import { generation, generationOf } from '../generations.ts';

const [dir = '', dataDir = ''] = process.argv.slice(2);
for (;;) {
  const done = await changeProject({ dir, dataDir, holder: 'the child' }, async (project) => {
    const next = generationOf(project) + 1;
    return { change: generation(next), result: next };
  });
  process.stdout.write(`${done}\n`);
}
