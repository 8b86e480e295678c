/** Telemetry as people meet it: processes, and a registry on loopback that writes down what it is told. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { validator as isState } from '@ar-registry/schemas/validators/cli/telemetry';
import { validator as isShow } from '@ar-registry/schemas/validators/cli/telemetry-show';
import { serveRegistry } from '@ar-registry/testing/served-registry';
import { describe, expect, it } from 'vitest';
import {
  HELLO,
  INSTALLED,
  ar,
  describeCollector,
  folder,
  lines,
  listen,
  listeningRegistry,
  senderEnded,
  toldTimes,
  turnOn,
} from './support/telemetry.ts';

const here = listeningRegistry();

describe('where nobody said that anything may be told', () => {
  it('tells nothing, and leaves nothing behind', async () => {
    expect((await ar(['install', HELLO])).code).toBe(0);
    await ar(['search', 'hello']);
    await ar(['search', 'fax']);
    expect(fs.existsSync(folder())).toBe(false);
    expect(here().registry.requests.filter((route) => route.startsWith('t/'))).toEqual([]);
  });

  it('says so, and why', async () => {
    const state = isState(JSON.parse((await ar(['telemetry', 'status', '--json'])).stdout));
    expect(state).toMatchObject({ ok: true, value: { on: false, obstacles: [{ kind: 'not-asked-for' }] } });
    expect((await ar(['telemetry', 'show'])).stdout).toContain('Nothing was told');
  });
});

describe('switched on', () => {
  it('asks for exactly what is documented, and for nothing else', async () => {
    const { stdout } = await ar(['telemetry', 'on']);
    expect(stdout).toContain(`${here().registry.url}/t/v1/`);
    const before = here().registry.requests.length;
    await ar(['install', HELLO]);
    await ar(['search', 'Hello ']);
    await ar(['search', 'fax', 'machine']);
    await toldTimes(3);
    expect(lines().toSorted()).toEqual([INSTALLED, '/t/v1/missed?q=fax%20machine', '/t/v1/search?q=hello']);
    const { version } = JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, '../package.json'), 'utf8')) as {
      version: string;
    };
    const host = here().registry.url.slice('http://'.length);
    for (const { line, headers } of here().told) {
      expect(line).toMatch(/^GET \S+ HTTP\/1\.1$/);
      expect(headers).toEqual(['user-agent', `ar/${version}`, 'Host', host, 'Connection', 'keep-alive']);
    }
    expect(
      here()
        .registry.requests.slice(before)
        .filter((route) => route.startsWith('t/')),
    ).toHaveLength(3);
  });

  it('shows what was told, to the letter', async () => {
    await turnOn();
    await ar(['install', HELLO]);
    await toldTimes(1);
    await senderEnded();
    const shown = isShow(JSON.parse((await ar(['telemetry', 'show', '--json'])).stdout));
    const address = `${here().registry.url}${INSTALLED}`;
    expect(shown).toMatchObject({ ok: true, value: { waiting: [], told: [{ address, sent: true }] } });
    expect((await ar(['telemetry', 'show'])).stdout).toContain(`GET ${address}`);
  });

  it('is switched off again, with all that was kept of it', async () => {
    await turnOn();
    await ar(['install', HELLO]);
    await toldTimes(1);
    await senderEnded();
    expect((await ar(['telemetry', 'off'])).code).toBe(0);
    await ar(['search', 'hello']);
    expect([fs.existsSync(folder()), lines()]).toEqual([false, [INSTALLED]]);
    const config = fs.readFileSync(path.join(here().sandbox.home, '.config/agent-relay/config.yaml'), 'utf8');
    expect(config).toContain('telemetry: false');
  });

  it('is of no effect where DO_NOT_TRACK is set, or in CI', async () => {
    await turnOn();
    const cases = [
      [{ DO_NOT_TRACK: '1' }, 'do-not-track'],
      [{ GITHUB_ACTIONS: 'true' }, 'ci'],
    ] as const;
    for (const [env, kind] of cases) {
      await ar(['search', 'hello'], env);
      const state = isState(JSON.parse((await ar(['telemetry', 'status', '--json'], env)).stdout));
      expect(state).toMatchObject({ ok: true, value: { on: false, obstacles: [{ kind }] } });
    }
    expect(fs.existsSync(folder())).toBe(false);
  });

  it('sends nothing with --offline, then or later', async () => {
    await turnOn();
    await ar(['search', 'hello'], { DO_NOT_TRACK: '1' });
    expect((await ar(['search', 'hello', '--offline'])).code).toBe(0);
    expect(fs.existsSync(folder())).toBe(false);
  });

  it('tells nothing of a search that may hold what is nobody’s business, or that filters narrowed', async () => {
    await turnOn();
    for (const text of [
      'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
      'jo@example.org',
      '/home/jo/notes',
      'acme.internal',
    ])
      expect((await ar(['search', text])).code).toBe(0);
    await ar(['search', 'fax', '--type', 'bridge']);
    expect(fs.existsSync(folder())).toBe(false);
  });

  it('tells nothing to a registry that does not ask for it', async () => {
    await using silent = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
    await turnOn();
    await here().sandbox.ar(['plugin', 'install', HELLO, '--registry', silent.url]);
    expect(fs.existsSync(folder())).toBe(false);
    expect(silent.requests.filter((route) => route.startsWith('t/'))).toEqual([]);
  });

  it('tells each registry of its own plugins alone, without its token, and nobody of what is looked for in several', async () => {
    await using inner = await serveRegistry([{ manifest: { name: '@inner/tool', version: '2.0.0' } }]);
    describeCollector(inner, 't/v1/');
    inner.intercept = (request, response) => {
      if (!listen(request)) return false;
      response.writeHead(204).end();
      return true;
    };
    const registries = { inner: { url: inner.url, scopes: ['@inner'], tokenEnv: 'AR_TOKEN_INNER' } };
    const config = path.join(here().sandbox.home, '.config/agent-relay');
    fs.mkdirSync(config, { recursive: true });
    fs.writeFileSync(
      path.join(config, 'config.yaml'),
      JSON.stringify({ schemaVersion: 1, telemetry: true, registries }),
    );
    const env = { AR_TOKEN_INNER: 's3cr3t' };
    await ar(['search', 'tool'], env);
    expect(fs.existsSync(folder())).toBe(false);
    await ar(['install', '@inner/tool', HELLO], env);
    await toldTimes(2);
    const toInner = inner.requests.filter((route) => route.startsWith('t/'));
    expect(toInner).toEqual(['t/v1/install?p=@inner/tool&v=2.0.0']);
    expect(here().registry.requests.filter((route) => route.startsWith('t/'))).toEqual([INSTALLED.slice(1)]);
    expect(JSON.stringify(here().told)).not.toMatch(/s3cr3t|authorization/i);
  });

  it('goes through a proxy, as the client does', async () => {
    await turnOn();
    const asked: string[] = [];
    const proxy = http.createServer((request, response) => {
      asked.push(request.url ?? '');
      http.get(request.url ?? '', { headers: request.headers }, (answer) =>
        answer.pipe(response.writeHead(answer.statusCode ?? 0)),
      );
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = proxy.address() as AddressInfo;
      await ar(['install', HELLO], { http_proxy: `http://127.0.0.1:${port}` });
      await toldTimes(1);
      expect(asked).toContain(`${here().registry.url}${INSTALLED}`);
    } finally {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    }
  });

  it('trusts whom the client trusts', async () => {
    const [key, certificate] = ['key.pem', 'ca.pem'].map((name) => path.join(here().sandbox.dir, name)) as [
      string,
      string,
    ];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync('openssl', [...made, '-keyout', key, '-out', certificate, ...subject], { stdio: 'ignore' });
    const server = https.createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(certificate) });
    server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
      const body = here().registry.files.get(decodeURIComponent((request.url ?? '').slice(1)));
      response.writeHead(listen(request) || body ? 200 : 404).end(body);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const env = { AR_REGISTRY: url, NODE_EXTRA_CA_CERTS: certificate };
      for (const command of [
        ['telemetry', 'on'],
        ['install', HELLO],
      ])
        expect((await here().sandbox.ar(['plugin', ...command], env)).code).toBe(0);
      await toldTimes(1);
      expect(lines()).toEqual([INSTALLED]);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
