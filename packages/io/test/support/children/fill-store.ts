/** Puts an entry of many files into the store, says when it begins and when it is done. */
import { createInstallStore } from '@ar-registry/io/install-store';
import { fillPackage, samplePackage } from '../store-package.ts';

const [dataDir = '', seed = ''] = process.argv.slice(2);
const store = createInstallStore({ dataDir });
process.stdout.write('filling\n');
await store.put(samplePackage(seed), (packageDir) => fillPackage(packageDir, seed));
process.stdout.write('done\n');
