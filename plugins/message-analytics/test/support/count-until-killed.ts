/** Counts and saves without a pause, and prints `saved` after each save. Arguments: the data directory. */
import { createStateFile } from '../../src/state-file.ts';
import { serialiseWindow } from '../../src/state.ts';
import { createWindow, observe } from '../../src/traffic-window.ts';

const [, , dataDir = ''] = process.argv;
const file = createStateFile(dataDir);
const window = createWindow(60);
for (;;) {
  for (let count = 0; count < 1_000; count += 1)
    observe(window, { kind: 'sent', at: Date.now(), from: `agent ${count}`, to: 'Bob', bodyBytes: 1 }, Date.now());
  await file.write(serialiseWindow(window));
  process.stdout.write('saved\n');
}
