/** What the program tells, as the guide's nginx writes it down and `ar-registry stats collect` counts it. */
import fs from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { validator as isDaily } from '@ar-registry/schemas/validators/daily-stats';
import { startNginx } from '@ar-registry/testing/nginx';
import { testIndex } from '@ar-registry/testing/registry';
import { serveRegistry } from '@ar-registry/testing/served-registry';
import { beforeEach, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from './support/ar.ts';
import { registryCommand } from './support/pipeline.ts';

const HELLO = '@acme/hello';
const GUIDES = path.resolve(import.meta.dirname, '../../docs/guides');
/** So many that nothing is rounded, and that a term is no secret of few. */
const PEOPLE = 60;

let sandbox: Sandbox;

beforeEach(() => {
  sandbox = createSandbox();
  return () => sandbox[Symbol.dispose]();
});

const at = (...parts: readonly string[]): string => path.join(sandbox.dir, ...parts);

function write(file: string, text: Uint8Array | string): void {
  fs.mkdirSync(path.dirname(at(file)), { recursive: true });
  fs.writeFileSync(at(file), text);
}

function guideBlock(guide: string, holds: string): string {
  const text = fs.readFileSync(path.join(GUIDES, guide), 'utf8');
  const block = [...text.matchAll(/^```\w*\n(.*?)^```$/gms)].find(([, code]) => code?.includes(holds))?.[1];
  if (block === undefined) throw new Error(`${guide} has no block with ${holds}.`);
  return block;
}

/** The site of a registry that asks to be told. */
async function writeSite(): Promise<void> {
  await using registry = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
  for (const [route, bytes] of registry.files) write(`site/${route}`, bytes);
  const config = JSON.parse(fs.readFileSync(at('site', routes.config), 'utf8')) as object;
  write(`site/${routes.config}`, JSON.stringify({ ...config, telemetryUrl: 't/v1/' }));
  for (const event of ['install', 'active', 'load', 'error', 'search', 'missed']) write(`site/t/v1/${event}`, 'ok\n');
}

/** As the guides configure it, but for the folders. */
function configuration(): string {
  const logging = guideBlock('statistics.md', 'log_format registry');
  const [access = ''] = /^access_log .*$/m.exec(logging) ?? [];
  return `${logging.replace(access, '')}
server {
  listen 127.0.0.1:{{port}};
  root ${at('site')};
  ${access.replace('/var/log/nginx', at('logs'))}
  ${guideBlock('telemetry.md', 'location /t/')}
}`;
}

/** The log, once it has a line of each. */
async function logged(...targets: readonly string[]): Promise<string> {
  const file = at('logs/registry.log');
  const watcher = fs.watch(at('logs'));
  try {
    for (;;) {
      const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
      if (targets.every((target) => text.includes(`"${target}"`))) return text;
      await once(watcher, 'change');
    }
  } finally {
    watcher.close();
  }
}

it('counts what many people’s programs told, from the lines that nginx wrote', async () => {
  await writeSite();
  fs.mkdirSync(at('logs'));
  await using nginx = await startNginx(configuration());
  const ar = async (...args: readonly string[]): Promise<void> => {
    const { code, stderr } = await sandbox.ar(['plugin', ...args, '--registry', nginx.url]);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
  };
  await ar('telemetry', 'on');
  await ar('install', HELLO);
  await ar('search', 'hello');
  await ar('search', 'fax', 'machine');
  const installed = `/t/v1/install?p=${HELLO}&v=1.0.0`;
  const log = await logged(installed, '/t/v1/search?q=hello', '/t/v1/missed?q=fax%20machine');
  expect(log).toContain('"remote_addr":"127.0.0.0"');
  // Everybody does the same, on a day that is over.
  const everybody = Array.from({ length: PEOPLE }, (_, person) => log.replaceAll('"127.0.0.0"', `"10.0.${person}.0"`));
  write('logs/registry.log', everybody.join('').replaceAll(/"time_iso8601":"[\d-]+/g, '"time_iso8601":"2026-01-15'));
  for (const [file, text] of testIndex().plugin(HELLO).version('1.0.0').files()) write(`index/${file}`, text);
  const { code, stderr } = await registryCommand(sandbox, 'stats', 'collect', '--index', 'index', '--logs', 'logs');
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  const day = isDaily(JSON.parse(fs.readFileSync(at('index/stats/daily/2026-01-15.json'), 'utf8')));
  expect(day).toMatchObject({
    ok: true,
    value: {
      downloads: { [HELLO]: { '1.0.0': PEOPLE } },
      events: { install: { [HELLO]: { '1.0.0': PEOPLE } } },
      searches: { hello: PEOPLE },
      missed: { 'fax machine': PEOPLE },
    },
  });
});
