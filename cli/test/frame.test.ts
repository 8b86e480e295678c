/** What holds for every command: mistakes, failures, interruptions, colour, and forms for programs. */
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { validator as isErrorOutput } from '@ar-registry/schemas/validators/cli/error';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, isBinary, PROGRAM, type Sandbox } from './support/ar.ts';

/** As a shell takes it. */
const QUOTED = PROGRAM.map((word) => `'${word}'`).join(' ');

/** What `bin/ar.js`, which is in the binary and not in the bundle, hands over to the archiver: see bin.test.ts. */
const notOfBinary = <T>(row: T): readonly T[] => (isBinary ? [] : [row]);

let registry: ServedRegistry;
let sandbox: Sandbox;

const hello = ['plugin', 'search', 'hello', '--json'];
const found = (stdout: string): number => (JSON.parse(stdout) as { total: number }).total;

beforeAll(async () => {
  registry = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
});
afterAll(() => registry[Symbol.asyncDispose]());

beforeEach(() => {
  registry.intercept = undefined;
  sandbox = createSandbox();
  return () => sandbox[Symbol.dispose]();
});

describe('mistakes', () => {
  it.each([
    [['plugin', 'serach'], 'Did you mean `ar plugin search`?'],
    [['plugin', 'search', '--tpye', 'x'], 'Did you mean `--type`?'],
    [['plugin', 'init', 'x', '--type', 'brigde'], 'Did you mean `--type bridge`?'],
    [['plugin', 'help', 'instal'], 'Did you mean `ar plugin install`?'],
    ...notOfBinary<[string[], string]>([['down'], 'ar plugin --help']),
    [['plugin', 'info'], 'ar plugin info --help'],
    [['plugin', 'search', '--limit', '0'], 'ar plugin search --help'],
    [['plugin', '--no-such'], 'ar plugin --help'],
  ])('%j is a usage error', async (args, help) => {
    const ended = await sandbox.ar(args);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(errorCode(ended)).toBe('USAGE');
    expect(ended.stderr).toContain(help);
    expect(ended.stderr).not.toContain('    at ');
  });

  it('are told to programs as a document', async () => {
    const { code, stdout } = await sandbox.ar(['plugin', 'search', '--tpye', 'x', '--json']);
    expect(code).toBe(2);
    const result = isErrorOutput(JSON.parse(stdout));
    expect(result.ok && result.value.error.code).toBe('USAGE');
  });

  it('in an address are told before anything is asked', async () => {
    const ended = await sandbox.ar(['plugin', 'search', 'x', '--registry', 'ftp://example.com']);
    expect([errorCode(ended), ended.code]).toEqual(['REGISTRY_URL_INVALID', 2]);
  });
});

describe('the address of the registry', () => {
  it('comes from the option, the environment, then the project', async () => {
    const nowhere = 'http://127.0.0.1:9';
    const project = path.join(sandbox.dir, 'ar-plugins.yaml');
    expect(found((await sandbox.ar(hello, { AR_REGISTRY: registry.url })).stdout)).toBe(1);
    expect(found((await sandbox.ar([...hello, '--registry', registry.url], { AR_REGISTRY: nowhere })).stdout)).toBe(1);
    fs.writeFileSync(project, `schemaVersion: 1\nregistries: { default: { url: "${registry.url}" } }\nplugins: {}\n`);
    expect(found((await sandbox.ar(hello)).stdout)).toBe(1);
    const below = path.join(sandbox.dir, 'a', 'b');
    fs.mkdirSync(below, { recursive: true });
    expect(found((await sandbox.ar([...hello, '--project', sandbox.dir])).stdout)).toBe(1);
    const elsewhere = await sandbox.ar(hello, { AR_REGISTRY: nowhere });
    expect([errorCode(elsewhere), elsewhere.code]).toEqual(['REGISTRY_UNREACHABLE', 4]);
  });

  it('that answers with a web page is no registry', async () => {
    registry.intercept = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Login</title>');
      return true;
    };
    const ended = await sandbox.ar(hello, { AR_REGISTRY: registry.url });
    expect([errorCode(ended), ended.code]).toEqual(['REGISTRY_RESPONSE_INVALID', 4]);
  });
});

describe('an interruption', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s ends the command with 130', async (signal) => {
    const server = http.createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { child, ended } = sandbox.startAr(['plugin', 'search', 'x'], { AR_REGISTRY: url });
    await once(server, 'request');
    child.kill(signal);
    const end = await ended;
    server.close();
    server.closeAllConnections();
    expect([errorCode(end), end.code]).toEqual(['ABORTED', 130]);
  });
});

describe('colour where nobody looks', () => {
  it.each([
    [{}, false],
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '0' }, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('with %j: %s', async (env, colored) => {
    const { stdout } = await sandbox.ar(['plugin', 'search', 'hello'], { AR_REGISTRY: registry.url, ...env });
    expect(stdout.includes('\u001b[')).toBe(colored);
  });
});

describe('help', () => {
  it.each([
    [['help'], 'Topics:'],
    [['help', 'offline'], 'OFFLINE_NOT_CACHED'],
    [['plugin', 'help', 'exit-codes'], '130'],
    [['help', 'plugin', 'registries'], 'AR_TOKEN_'],
    [['help', 'install'], 'Usage: ar plugin install'],
    [['help', 'plugin', 'owner', 'add'], 'Usage: ar plugin owner add'],
  ])('%j says %s', async (args, text) => {
    const { code, stdout } = await sandbox.ar(args);
    expect(code).toBe(0);
    expect(stdout).toContain(text);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it.each([
    [['help', 'ofline'], '`ar help offline`'],
    [['help', 'instal'], '`ar plugin install`'],
    ...notOfBinary<[string[], string]>([['instal'], '`ar plugin install`']),
    [['plugin', 'owner', 'ad'], '`ar plugin owner add`'],
    [['plugin', 'completion', 'bsh'], '`ar plugin completion bash`'],
  ])('guesses what %j meant', async (args, guess) => {
    const ended = await sandbox.ar(args);
    expect([errorCode(ended), ended.code]).toEqual(['USAGE', 2]);
    expect(ended.stderr).toContain(`Did you mean ${guess}?`);
  });
});

describe('a registry that falls silent', () => {
  it('is given up after the time that the user gives it', async () => {
    registry.intercept = () => true;
    const started = Date.now();
    const env = { AR_REGISTRY: registry.url, AR_HTTP_TIMEOUT: '0.5' };
    const ended = await sandbox.ar(['plugin', 'info', '@acme/hello'], env);
    expect([errorCode(ended), ended.code]).toEqual(['REGISTRY_UNREACHABLE', 4]);
    expect(Date.now() - started).toBeLessThan(10_000);
    const wrong = await sandbox.ar(['plugin', 'info', '@acme/hello'], { ...env, AR_HTTP_TIMEOUT: 'soon' });
    expect(errorCode(wrong)).toBe('USAGE');
  });

  it('is told in a log too', async () => {
    const waiting: http.ServerResponse[] = [];
    registry.intercept = ({ url }, response) => url?.endsWith('/hello.json') === true && waiting.push(response) > 0;
    const { child, ended } = sandbox.startAr(['plugin', 'info', '@acme/hello'], { AR_REGISTRY: registry.url });
    const [said] = (await once(child.stderr ?? child, 'data')) as [string];
    expect(said).toContain('Looking up @acme/hello: still waiting…');
    registry.intercept = undefined;
    for (const response of waiting) response.writeHead(404).end();
    expect(errorCode(await ended)).toBe('PLUGIN_NOT_FOUND');
  });
});

describe('output', () => {
  it('that nobody reads to its end is no failure', async () => {
    const script = `${QUOTED} plugin publish --help | head -n 1; exit \${PIPESTATUS[0]}`;
    const { code, stdout, stderr } = await sandbox.start('bash', ['-c', script]).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toHaveLength(2);
  });

  it('has the trace of an error under --verbose alone', async () => {
    const args = ['plugin', 'search', 'x', '--registry', 'http://127.0.0.1:9'];
    expect((await sandbox.ar(args)).stderr).not.toContain('caused by');
    expect((await sandbox.ar([...args, '--verbose'])).stderr).toMatch(/caused by:\n.*ECONNREFUSED/);
  });
});

const SCRIPT = ['/usr/bin/script', '/bin/script'].find((file) => fs.existsSync(file));

/** Runs `ar …` on a pseudo-terminal of util-linux's `script`. */
async function onTerminal(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const command = [...PROGRAM, ...args].map((word) => `'${word}'`).join(' ');
  const all = { TERM: 'xterm', AR_REGISTRY: registry.url, ...env };
  return (await sandbox.start(SCRIPT ?? '', ['-qec', `stty cols 60; ${command}`, '/dev/null'], all).ended).stdout;
}

describe.skipIf(SCRIPT === undefined || process.platform !== 'linux')('on a terminal', () => {
  const ESCAPE = '\u001b[';

  it('is coloured, and as wide as the terminal', async () => {
    const text = await onTerminal(['plugin', 'search', 'hello']);
    expect(text).toContain(ESCAPE);
    // oxlint-disable-next-line no-control-regex -- colours take no columns
    const lines = text.split(/\r?\n/).map((line) => line.replaceAll(/\u001b\[[0-9;]*[A-Za-z]|\r/g, ''));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  it.each([
    ['NO_COLOR', [], { NO_COLOR: '1', FORCE_COLOR: '1', PAGER: 'cat' }],
    ['--no-color', ['--no-color'], { FORCE_COLOR: '1', PAGER: 'cat' }],
    ['a dumb terminal', [], { TERM: 'dumb' }],
  ])('is not coloured with %s', async (_what, options, env) => {
    const text = await onTerminal(['plugin', 'readme', '@acme/hello', ...options], env);
    expect(text).toContain('Hello');
    expect(text.replaceAll('\r\u001b[2K', '')).not.toContain(ESCAPE);
    expect(await onTerminal(['plugin', 'nonsense', ...options], env)).not.toContain(ESCAPE);
  });

  it('says what it waits for, on stderr alone, and wipes it', async () => {
    const waiting: http.ServerResponse[] = [];
    registry.intercept = ({ url }, response) => url?.endsWith('/hello.json') === true && waiting.push(response) > 0;
    const command = `${QUOTED} plugin info @acme/hello >out`;
    const all = { TERM: 'xterm', AR_REGISTRY: registry.url };
    const { child, ended } = sandbox.start(SCRIPT ?? '', ['-qec', command, '/dev/null'], all);
    const [said] = (await once(child.stdout ?? child, 'data')) as [string];
    expect(said).toContain('Looking up @acme/hello…');
    registry.intercept = undefined;
    for (const response of waiting) response.writeHead(404).end();
    const [waited, failed] = (await ended).stdout.split('\r\u001b[2K');
    expect([waited, failed]).toEqual([expect.stringContaining('…'), expect.stringContaining('PLUGIN_NOT_FOUND')]);
    expect(fs.readFileSync(path.join(sandbox.dir, 'out'), 'utf8')).toBe('');
  });

  it('sets a README, unless its Markdown is asked for', async () => {
    const args = ['plugin', 'readme', '@acme/hello'];
    expect(await onTerminal(args, { PAGER: 'cat' })).toContain(`${ESCAPE}2m# ${ESCAPE}0m${ESCAPE}1mHello${ESCAPE}0m`);
    expect(await onTerminal([...args, '--raw'], { PAGER: 'cat' })).toContain('# Hello');
  });

  it.each([
    ['sed s/Hello/paged/', 'paged'],
    ['no-such-program-at-all', 'Hello'],
    ['', 'Hello'],
    ['true', undefined],
  ])('is read with the pager %j', async (PAGER, shown) => {
    const text = await onTerminal(['plugin', 'readme', '@acme/hello'], { PAGER });
    expect(text.includes('Hello')).toBe(shown === 'Hello');
    expect(text).toContain(shown ?? '');
    expect(await onTerminal(['plugin', 'readme', '@acme/hello', '--json'], { PAGER })).toContain('"readme"');
  });
});
