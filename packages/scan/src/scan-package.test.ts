import * as fc from 'fast-check';
import { grantAll } from '@ar-registry/core/permission';
import { describe, expect, it } from 'vitest';
import { ATTACKS } from '../test/attacks.ts';
import { scanCode } from '../test/scan-code.ts';
import { DEFAULT_SCAN_LIMITS, scanPackage } from './index.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const manifest = {
  permissions: grantAll({}),
  config: { required: [], optional: [] },
  main: './index.js',
  dependencies: { pg: '^8.0.0', ajv: '^8.0.0' },
};

const files = (code: string) => new Map([['index.js', bytes(code)]]);

describe('a report', () => {
  it('says where, and shows the line', async () => {
    const { findings } = await scanCode('const a = 1;\n  eval("a");\n');
    expect(findings).toMatchObject([
      { code: 'CODE_GENERATED', severity: 'error', file: 'index.js', line: 2, column: 3, evidence: 'eval("a");' },
    ]);
  });

  it('shows at most 120 characters, around the place, and none that could disturb a terminal', async () => {
    const { findings } = await scanCode(
      `/* ${'\u001b[31m\u0007x'.repeat(400)} */ eval("\u001b]0;x\u0007"); ${'y'.repeat(500)}`,
    );
    const evidence = findings.find(({ code }) => code === 'CODE_GENERATED')?.evidence ?? '';
    expect(evidence).toContain('eval(');
    expect(evidence.length).toBeLessThanOrEqual(120);
    expect(evidence).not.toMatch(/\p{Cc}/u);
  });

  it('names the npm packages that are installed with the plugin', async () => {
    const { dependencies } = await scanPackage({ files: new Map([['index.js', bytes('')]]), manifest });
    expect(dependencies).toEqual(['ajv', 'pg']);
  });

  it('is the same each time, in whichever order the files come', async () => {
    const entries: [string, Uint8Array][] = ATTACKS.slice(0, 40).map(({ code }, index) => [
      `f${index}.js`,
      bytes(code),
    ]);
    const first = await scanPackage({ files: new Map(entries), manifest });
    expect(await scanPackage({ files: new Map(entries.toReversed()), manifest })).toEqual(first);
  });

  it('is no pass without a manifest', async () => {
    const { result } = await scanPackage({ files: new Map([['index.js', bytes('')]]), manifest: undefined });
    expect(result).toBe('could-not-run');
  });
});

describe('permissions', () => {
  it('that are used and declared are found, and no finding', async () => {
    const permissions = { network: ['*.slack.com'], env: ['HOME'], childProcess: ['git'], workers: true };
    const code = `import { execFile } from 'node:child_process'; import { Worker } from 'node:worker_threads';
      fetch('https://api.slack.com/x'); execFile('/usr/bin/git'); new Worker('./w.js'); export const h = process.env.HOME;`;
    const report = await scanCode(code, { permissions });
    expect(report).toMatchObject({
      result: 'pass',
      findings: [],
      permissions: { declared: permissions, found: permissions, undeclared: { network: [], env: [] } },
    });
  });

  it('that are used and not declared are told apart from those that are', async () => {
    const code = 'fetch("https://slack.com"); fetch("https://evil.example:8443/x"); fetch(url)';
    const { permissions } = await scanCode(code, { permissions: { network: ['slack.com'] } });
    expect(permissions.found.network).toEqual(['*', 'evil.example:8443', 'slack.com']);
    expect(permissions.undeclared.network).toEqual(['*', 'evil.example:8443']);
  });

  it('that are declared and not used are a warning', async () => {
    const permissions = { network: ['slack.com'], filesystem: { write: ['./out'] }, nativeAddons: true };
    const report = await scanCode('', { permissions });
    expect(report.result).toBe('pass');
    expect(report.permissions.unused).toMatchObject(permissions);
    expect(report.findings.map(({ code, category, severity }) => [code, category, severity])).toEqual([
      ['PERMISSION_UNUSED', 'filesystem', 'warning'],
      ['PERMISSION_UNUSED', 'native', 'warning'],
      ['PERMISSION_UNUSED', 'network', 'warning'],
    ]);
  });

  it('that are declared and not used may be those of a dependency, whose code is not looked at', async () => {
    const around = { permissions: { network: ['slack.com'] }, dependencies: { '@slack/web-api': '^8.0.0' } };
    const report = await scanCode('', around);
    expect(report).toMatchObject({ findings: [], permissions: { unused: { network: ['slack.com'] } } });
  });

  it('of the configuration stand for what the code does not tell', async () => {
    const around = { permissions: { network: ['${WEBHOOK_URL}'] }, config: ['WEBHOOK_URL'] };
    const report = await scanCode('export const post = (c) => fetch(c.config.webhookUrl)', around);
    expect(report).toMatchObject({
      result: 'pass',
      findings: [],
      permissions: { found: around.permissions },
    });
  });

  it.each([
    ['http.createServer().listen(3000, "127.0.0.1")', '127.0.0.1:3000', ['127.0.0.1:3000']],
    ['http.createServer().listen(3000)', '*:3000', ['127.0.0.1:3000']],
    ['const server = http.createServer(); server.on("x", f).listen("3000")', '*:3000', ['[::1]:3000']],
    ['http.createServer().listen({ port: 0, host: "localhost" })', 'localhost:0', ['127.0.0.1:0']],
    ['http.createServer().listen(8080, "0.0.0.0")', '0.0.0.0:8080', ['0.0.0.0:8080']],
    ['http.createServer().listen(8080, "::")', '[::]:8080', ['[::]:8080']],
    ['http.createServer().listen(8080, "127.0.0.1")', '127.0.0.1:8080', ['0.0.0.0:8080']],
    ['new WebSocketServer({ port: 3000 })', '*:3000', ['127.0.0.1:3000']],
    ['express().listen(3000)', '*:3000', ['127.0.0.1:3000']],
  ])('%s needs the address that it listens on', async (use, address, listen) => {
    const code = `import http from 'node:http'; import express from 'express'; import { WebSocketServer } from 'ws'; ${use}`;
    const bare = await scanCode(code);
    expect(bare.findings.map((found) => found.code)).toEqual(['ADDRESS_LISTENED']);
    expect(bare.permissions.undeclared.listen).toEqual([address]);
    expect(await scanCode(code, { permissions: { listen } })).toMatchObject({
      findings: [],
      permissions: { found: { listen } },
    });
  });

  it.each([
    [
      'an address that is not declared',
      'listen(8080, "0.0.0.0")',
      ['127.0.0.1:8080'],
      ['ADDRESS_LISTENED', 'PERMISSION_UNUSED'],
    ],
    [
      'a port that the code names, where the user’s is declared',
      'listen(8080)',
      ['${PORT}'],
      ['ADDRESS_LISTENED', 'PERMISSION_UNUSED'],
    ],
    ['a path', 'listen("/tmp/s")', ['127.0.0.1:8080'], ['ADDRESS_LISTENED', 'PERMISSION_UNUSED']],
    ['a port that is not told, where one is declared', 'listen(port)', ['127.0.0.1:8080'], ['PERMISSION_NOT_CHECKED']],
    ['a port that is not told, where none is', 'listen(port)', [], ['LISTENING_UNDETERMINED']],
    ['a port that is not told, where the user’s is declared', 'listen(port)', ['0.0.0.0:${PORT}'], []],
  ])('judge %s', async (_, use, ...[listen, codes]) => {
    const code = `import net from 'node:net'; export const start = (port) => net.createServer().${use}`;
    const report = await scanCode(code, { permissions: { listen }, config: ['PORT'] });
    expect(report.findings.map((found) => found.code).toSorted()).toEqual(codes);
  });

  it('need a server that is made and handed on', async () => {
    const code = 'import { createServer } from "node:https"; export const server = createServer({})';
    expect((await scanCode(code)).findings).toMatchObject([{ code: 'LISTENING_UNDETERMINED', category: 'network' }]);
    expect((await scanCode(code, { permissions: { listen: ['${PORT}'] } })).findings).toEqual([]);
  });

  it('of the configuration permit no host that the code names itself', async () => {
    const around = { permissions: { network: ['${WEBHOOK_URL}'] }, config: ['WEBHOOK_URL'] };
    expect(await scanCode('fetch("https://evil.example")', around)).toMatchObject({ result: 'fail' });
  });
});

describe('limits', () => {
  it('refuse a file that is too large to be looked at', async () => {
    const limits = { ...DEFAULT_SCAN_LIMITS, fileBytes: 10 };
    const report = await scanPackage({ files: files('export const x = 1;'), manifest }, { limits });
    expect(report).toMatchObject({ result: 'fail', findings: [{ code: 'SOURCE_TOO_LARGE' }] });
  });

  it('refuse code that is too intricate to be followed', async () => {
    const limits = { ...DEFAULT_SCAN_LIMITS, steps: 10 };
    const report = await scanPackage(
      { files: files('const a = 1, b = a + a; f(a, b, a + b, b)'), manifest },
      { limits },
    );
    expect(report).toMatchObject({ result: 'fail', findings: [{ code: 'SOURCE_TOO_COMPLEX' }] });
  });

  it.each([
    ['(function(){', '})()'],
    ['[', ']'],
    ['!', 'a'],
    ['a=>', '1'],
    ['a?a:', 'a'],
    ['`${', '}`'],
    ['if(1)', ';'],
    ['a.b(', ')'],
    ['class A extends ', ''],
  ])('hold where code is nested by %s', async (open, close) => {
    for (const depth of [100, 700, 3000, 40_000]) {
      const { result } = await scanCode(
        `${open.repeat(depth)}${close.length > 1 || close === ']' ? close.repeat(depth) : close}`,
      );
      expect(result).toMatch(/^(?:pass|fail)$/);
    }
  });

  it('end the scan with the reason of the signal', async () => {
    const reason = new Error('enough');
    const scanning = scanPackage({ files: files('1'), manifest }, { signal: AbortSignal.abort(reason) });
    await expect(scanning).rejects.toBe(reason);
  });

  it('do not let functions that call each other hide a value', async () => {
    const circle =
      'let a = globalThis, b = a, c = b; a = c; b = a; function f(x) { return g(x) } function g(x) { return x ? f(x) : b }';
    expect(await scanCode(`${circle} f(c)["ev" + "al"]("1")`)).toMatchObject({ result: 'fail' });
  });
});

describe('whatever a package holds', () => {
  it('is reported on, as text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (code) => {
        expect((await scanCode(code)).result).toMatch(/^(?:pass|fail)$/);
      }),
    );
  });

  it('is reported on, as bytes of any file', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('index.js', 'package.json', 'a.cjs', 'binding.gyp'),
        fc.uint8Array(),
        async (path, content) => {
          const { result } = await scanPackage({ files: new Map([[path, content]]), manifest });
          expect(result).toMatch(/^(?:pass|fail)$/);
        },
      ),
    );
  });

  it('is reported on, as code that was cut and put together anew', async () => {
    const piece = fc.constantFrom(...ATTACKS.map(({ code }) => code.slice(0, 400)));
    const cut = fc.tuple(piece, piece, fc.nat(400), fc.nat(400));
    await fc.assert(
      fc.asyncProperty(cut, async ([one, other, from, to]) => {
        const code = one.slice(0, from) + other.slice(to);
        expect(await scanCode(code)).toEqual(await scanCode(code));
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    ['a list', `const a = [${"'x',".repeat(200_000)}]; f(...a);`],
    ['arguments', `f(${'1,'.repeat(200_000)}1)`],
    ['a template', `\`${'${x}'.repeat(200_000)}\``],
    ['a text that is spread', `const l = [...'${'a'.repeat(200_000)}']; for (const c of l) l[c]();`],
    ['a nest of calls', 'f('.repeat(100_000) + ')'.repeat(100_000)],
  ])('is reported on in a moment, as %s without end', async (_what, code) => {
    const started = performance.now();
    await scanPackage({ files: files(code), manifest });
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
