import type { Benchmark, Row } from '../benchmark.ts';
import type { Messages } from '../loader/messages.ts';
import { runInProcess } from '../loader/run.ts';
import { summarize } from '../statistics.ts';

const MESSAGES = 10_000;

export const hooks: Benchmark = {
  name: 'hooks',
  summary:
    'messages through a hook that changes each, in the daemon’s process and through the boundary of one of its own',
  run: (world) => {
    const local = runInProcess(world, 'messages', { where: 'in-process', count: MESSAGES });
    const isolated = runInProcess(world, 'messages', { where: 'isolated', count: MESSAGES });
    const near = summarize(local.latencyMs).median;
    const far = summarize(isolated.latencyMs).median;
    return [
      { name: 'latency in-process', unit: 'ms', value: near },
      { name: 'latency isolated', unit: 'ms', value: far },
      { name: 'latency isolated, against in-process', unit: 'x', value: far / near },
      { name: 'throughput in-process', unit: '1/s', value: local.perSecond },
      { name: 'throughput isolated', unit: '1/s', value: isolated.perSecond },
      { name: 'time for as many isolated, against in-process', unit: 'x', value: local.perSecond / isolated.perSecond },
      lost('in-process', local),
      lost('isolated', isolated),
    ];
  },
};

function lost(where: string, { sent, received, inOrder }: Messages): Row {
  return {
    name: `lost of ${sent}, ${where}`,
    unit: 'count',
    value: Math.abs(sent - received),
    bound: 0,
    note: inOrder ? 'in order' : 'not in order',
  };
}
