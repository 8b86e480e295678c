import type { Benchmark, Row } from '../benchmark.ts';
import type { Cycles } from '../loader/cycles.ts';
import { runInProcess } from '../loader/run.ts';
import { slope } from '../statistics.ts';

const CYCLES = 500;
const KILOBYTE = 1024;

export const cycles: Benchmark = {
  name: 'cycles',
  summary: `what stays of ${CYCLES} times unloading and loading a plugin: by how much it rises from one to the next`,
  run: (world) => {
    const bare = runInProcess(world, 'importCycles', { where: 'in-process', count: CYCLES });
    const floor = slope(bare.heapBytes) / KILOBYTE;
    const local = runInProcess(world, 'cycles', { where: 'in-process', count: CYCLES });
    const isolated = runInProcess(world, 'cycles', { where: 'isolated', count: CYCLES });
    return [
      {
        name: 'heap, bare import() of a new address',
        unit: 'KB/cycle',
        value: floor,
        note: 'Node.js forgets no module',
      },
      { ...heap('in-process', local), bound: floor + 2 },
      handles('in-process', local),
      { ...heap('isolated', isolated), bound: 1 },
      handles('isolated', isolated),
    ];
  },
};

function heap(where: string, { heapBytes }: Cycles): Row {
  return { name: `heap, ${where}`, unit: 'KB/cycle', value: slope(heapBytes) / KILOBYTE };
}

function handles(where: string, { handles: counts }: Cycles): Row {
  return { name: `handles, ${where}`, unit: '1/cycle', value: slope(counts), bound: 0 };
}
