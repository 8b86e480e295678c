/** A bridge that is given messages until it is killed. Prints `ready`; takes `count` of them. */
import { createTestContext } from '@ar-registry/sdk/testing';
import plugin from '../../src/index.ts';

const [dataDir = '', webhookUrl = '', count = '0'] = process.argv.slice(2);
const context = await createTestContext({ config: { webhookUrl }, agentName: 'webhook-bridge' });
await plugin.onLoad({ ...context, dataDir });
for (let at = 0; at < Number(count); at += 1) context.client.deliver('Alice', `message ${at}`);
process.stdout.write('ready\n');
setInterval(() => undefined, 1000);
