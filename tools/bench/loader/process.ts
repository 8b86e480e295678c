/**
 * A process with a daemon and plugins, which measures itself: `node process.ts <measurement> <in-process|isolated> <count>`.
 * Its last line of output is a document.
 */
import { cycles, importCycles } from './cycles.ts';
import { loadTimes } from './load-times.ts';
import { messages } from './messages.ts';
import { official } from './official.ts';
import type { Where } from './relay.ts';

const [measurement = '', where = '', count = ''] = process.argv.slice(2);
const MEASUREMENTS = { cycles, importCycles, loadTimes, messages, official };
const measure = Object.entries(MEASUREMENTS).find(([name]) => name === measurement)?.[1];
if (!measure || (where !== 'in-process' && where !== 'isolated')) throw new Error('nothing to measure');
const result: object = await measure(where satisfies Where, Number(count));
process.stdout.write(`\n${JSON.stringify(result)}\n`);
process.exit();
