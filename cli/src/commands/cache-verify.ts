import { defineCommand } from '../command.ts';

export const cacheVerify = defineCommand({
  name: 'cache verify',
  summary: 'Hash everything in the shared store again.',
  details: [
    'Compares each package with the list of files it was made with, and each kept answer with its hash. Ends with 3 if a package was changed. `ar plugin verify` compares with the lock of a project besides.',
  ],
  examples: [{ command: 'cache verify', does: 'names every file that differs' }],
  options: {},
  positionals: {},
  async run(_input, { dataDir, signal, output }) {
    const { checkResponses, verifyStore } = await import('@ar-registry/io/store-cache');
    const [verified, responses] = await output.during('Verifying', async () => [
      await verifyStore(dataDir, signal),
      await checkResponses(dataDir),
    ]);
    return { ...verified, dataDir, responses };
  },
});
