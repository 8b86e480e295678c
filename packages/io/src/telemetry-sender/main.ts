/** The process that `startSender` starts. Nobody sees it, and nobody is told how it ended. */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentFor } from '../api-client/http.ts';
import { createProxyAgents } from '../api-client/proxy.ts';
import { createEventQueue } from '../telemetry/index.ts';
import { collectorsOf } from './collectors.ts';
import { sendWaiting } from './send-waiting.ts';

/** However many registries are slow. */
const LONGEST_MS = 10_000;
/** What comes soon after is told by the same process. */
const LINGER_MS = 250;

const [folder = '', responses = '', version = '', marker = ''] = process.argv.slice(2);

// Who types the word by which it is started gives no folders, and then none is written into.
if (![folder, responses, marker].every((name) => path.isAbsolute(name))) end();
process.on('uncaughtException', end);
process.on('exit', () => fs.rmSync(marker, { force: true }));
setTimeout(end, LONGEST_MS).unref();
run().catch(end);

async function run(): Promise<void> {
  const queue = createEventQueue(folder);
  const collectors = collectorsOf(responses);
  const options = { queue, collectors, version, agentFor: agents(), now: () => new Date() };
  while ((await sendWaiting(options)) > 0) await delay(LINGER_MS);
  end();
}

/** As the client does. @throws PROXY_UNSUPPORTED where this Node.js would go past the proxy; then nothing is sent */
function agents(): AgentFor | undefined {
  const { env } = process;
  const hasProxy = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].some((name) => Boolean(env[name]));
  return hasProxy ? createProxyAgents(env) : undefined;
}

function end(): void {
  process.exit();
}
