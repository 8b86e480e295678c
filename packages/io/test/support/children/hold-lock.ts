/** Takes the lock of a folder, says so, and keeps it until it may go on. */
import { once } from 'node:events';
import { withLock } from '@ar-registry/io/lock';

const [folder = '', holder = ''] = process.argv.slice(2);
await withLock({ folder, resource: 'The test', holder }, async () => {
  process.stdout.write('held\n');
  await once(process.stdin, 'data');
});
process.stdout.write('released\n');
process.stdin.destroy();
