/** Adds memories and prints each that was promised, until it is killed; with `drain` it waits until none is left. */
import { createTestContext } from '@ar-registry/sdk/testing';
import plugin from '../../src/index.ts';

// The plugin keeps no process alive by itself.
const alive = setInterval(() => undefined, 1000);
const [dataDir = '', pineconeApiHost = '', round = ''] = process.argv.slice(2);
const context = await createTestContext({
  config: { pineconeApiKey: 'pinecone-key', pineconeIndex: 'relay', pineconeApiHost, pineconeEmbeddings: 'local' },
});
await plugin.onLoad?.({ ...context, dataDir });
await plugin.init();
if (round === 'drain') {
  while (Number((await plugin.health?.())?.details?.['waiting']) > 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
  await plugin.onUnload?.();
  await context.dispose();
  clearInterval(alive);
} else {
  for (let at = 0; ; at += 4) {
    const contents = [0, 1, 2, 3].map((more) => `round ${round} number ${at + more}`);
    const results = await Promise.all(contents.map((content) => plugin.add(content)));
    results.forEach(({ success }, index) => {
      if (success) process.stdout.write(`${contents[index]}\n`);
    });
  }
}
