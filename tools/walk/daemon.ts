/** The host's side: the real agent-relay daemon with both plugins, and two real clients that talk through it. */
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RelayClient } from '@ar-registry/sdk';
import { Webhook } from 'standardwebhooks';
import { commandOf, root, type Shell } from './shell.ts';

const SECRET = `whsec_${Buffer.from('a secret of this walk, 24+ bytes').toString('base64')}`;

interface Received {
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export async function daemonSteps(
  shell: Shell,
  { folder, project }: { readonly folder: string; readonly project: string },
): Promise<void> {
  const target = await webhookTarget();
  const inboundPort = await freePort();
  try {
    writeConfig(project, { url: target.url, inboundPort });
    shell.say('The real agent-relay daemon starts with both plugins.');
    const host = await startHost(shell, { folder, project });
    try {
      await exchange(shell, { host, target, inboundPort });
    } finally {
      await host.stop();
    }
  } finally {
    target.close();
  }
}

function writeConfig(project: string, { url, inboundPort }: { url: string; inboundPort: number }): void {
  const config = `export default {
  plugins: [
    '@ar/audit-logger',
    {
      name: '@ar/webhook-bridge',
      config: { webhookUrl: '${url}', webhookInboundPort: ${inboundPort} },
    },
  ],
};
`;
  fs.writeFileSync(path.join(project, 'ar.config.ts'), config);
  for (const line of config.trimEnd().split('\n')) console.log(`    ${line}`);
}

interface Host {
  readonly socketPath: string;
  readonly stop: () => Promise<void>;
}

async function startHost(shell: Shell, { folder, project }: { folder: string; project: string }): Promise<Host> {
  const readyFile = path.join(folder, 'ready.json');
  const [file, first] = commandOf('ar-relay-host');
  const args = [...first, '--project', project, '--ready-file', readyFile];
  console.log(`  $ ${shell.short(['ar-relay-host', ...args.slice(first.length)].join(' '))}`);
  const env = { ...process.env, ...shell.env, WEBHOOK_SECRET: SECRET, AGENT_RELAY_LOG_LEVEL: 'ERROR' };
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  try {
    await ready(child, shell);
    const { socketPath } = JSON.parse(fs.readFileSync(readyFile, 'utf8')) as { socketPath: string };
    return { socketPath, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function ready(child: ChildProcess, shell: Shell): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (!/^ready\b/m.test(text)) return;
      child.stdout?.removeAllListeners('data').resume();
      for (const line of text.trimEnd().split('\n')) console.log(`    ${shell.short(line)}`);
      resolve();
    });
    child.once('exit', (code) => reject(new Error(`The daemon ended with ${code}:\n${text}`)));
  });
}

async function exchange(
  shell: Shell,
  { host, target, inboundPort }: { host: Host; target: Target; inboundPort: number },
): Promise<void> {
  shell.say('Two real clients exchange a message; both plugins see it.');
  const { RelayClient: Client } = (await import(
    pathToFileURL(path.join(root, 'tools/agent-relay/node_modules/agent-relay/dist/wrapper/client.js')).href
  )) as { RelayClient: new (config: object) => RelayClient };
  const connect = async (agentName: string): Promise<RelayClient> => {
    const client = new Client({ socketPath: host.socketPath, agentName, quiet: true, reconnect: false });
    await client.connect();
    return client;
  };
  const restore = silence();
  const [alice, bob] = [await connect('Alice'), await connect('Bob')];
  try {
    const got = message(bob, 'Alice');
    alice.sendMessage('Bob', 'hello from Alice');
    console.log(`    Bob received: ${await got}`);
    alice.broadcast('the build is green');
    const posted = await target.next();
    new Webhook(SECRET).verify(posted.body, posted.headers as Record<string, string>);
    console.log(`    The webhook received, signed: ${posted.body}`);
    const inbound = message(bob, 'webhook-bridge');
    await postInbound(inboundPort, { to: 'Bob', body: 'hello from outside' });
    console.log(`    Bob received through the webhook: ${await inbound}`);
  } finally {
    alice.destroy();
    bob.destroy();
    restore();
  }
  await host.stop();
  showAudit(shell);
}

function message(client: RelayClient, sender: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`No message from ${sender} within 15 s.`)), 15_000);
    client.onMessage = (from, payload) => {
      if (from !== sender) return;
      clearTimeout(timer);
      resolve(payload.body);
    };
  });
}

async function postInbound(port: number, content: object): Promise<void> {
  const body = JSON.stringify(content);
  const id = `msg_${process.pid}`;
  const now = new Date();
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(SECRET).sign(id, now, body),
    },
    body,
  });
  if (response.status !== 202) throw new Error(`The bridge answered ${response.status}: ${await response.text()}`);
}

function showAudit({ env, short }: Shell): void {
  const data = env['AGENT_RELAY_DATA_DIR'] ?? '';
  const file = fs.readdirSync(data, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('audit.log'));
  const lines = file === undefined ? [] : fs.readFileSync(path.join(data, file), 'utf8').trimEnd().split('\n');
  const line = lines.find((text) => text.includes('hello from Alice'));
  if (file === undefined || line === undefined) throw new Error('The audit file does not hold the message.');
  console.log(`    ${short(path.join(data, file))} has ${lines.length} lines, among them:`);
  console.log(`    ${line}`);
}

interface Target {
  readonly url: string;
  readonly next: () => Promise<Received>;
  readonly close: () => void;
}

/** A server that a webhook could point to. */
async function webhookTarget(): Promise<Target> {
  const received: Received[] = [];
  const waiting: ((item: Received) => void)[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const item = { headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
      const waiter = waiting.shift();
      if (waiter) waiter(item);
      else received.push(item);
      response.writeHead(204).end();
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/hook`,
    next: () => {
      const item = received.shift();
      if (item) return Promise.resolve(item);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('No webhook within 15 s.')), 15_000);
        waiting.push((later) => {
          clearTimeout(timer);
          resolve(later);
        });
      });
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function freePort(): Promise<number> {
  const server = http.createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listen(server: http.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** agent-relay's client writes each delivery to the console; here that would hide the walk. */
function silence(): () => void {
  const { log } = console;
  console.log = (...args: unknown[]) => {
    if (!/^\[(?:relay-client|connection)/.test(String(args[0]))) log(...args);
  };
  return () => {
    console.log = log;
  };
}
