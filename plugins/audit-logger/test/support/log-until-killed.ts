/** Logs messages until it is killed, and says of each that it was acknowledged. */
import { writeSync } from 'node:fs';
import { createTestContext } from '@ar-registry/sdk/testing';
import plugin from '../../src/index.ts';

const [dataDir = '', config = '{}'] = process.argv.slice(2);
const context = await createTestContext({ config: JSON.parse(config) as Record<string, unknown> });
await plugin.onLoad?.({ ...context, dataDir });
const body = 'x'.repeat(200);
for (let n = 0; ; n += 1) {
  const id = `${process.pid}-${n}`;
  await plugin.onMessage?.({ id, ts: 0, from: 'Alice', to: 'Bob', kind: 'message', body });
  writeSync(1, `${id}\n`);
}
