/** Adds to the number in a file, many times, each time under the lock: without it, additions would be lost. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withLock } from '@ar-registry/io/lock';

const [folder = '', times = '0'] = process.argv.slice(2);
const file = path.join(folder, 'count');
for (let done = 0; done < Number(times); done += 1)
  await withLock({ folder: path.join(folder, 'lock'), resource: 'The test', holder: 'counter' }, async () => {
    const count = Number(await readFile(file, 'utf8'));
    await writeFile(file, String(count + 1));
  });
