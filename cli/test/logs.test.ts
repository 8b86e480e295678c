/** `ar plugin logs` as a process, over files as the loader leaves them. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { validator as isLogsOutput } from '@ar-registry/schemas/validators/cli/logs';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, MAIN, type Sandbox, type Started } from './support/ar.ts';

let sandbox: Sandbox;
let logs: string;
let env: Readonly<Record<string, string>>;

beforeEach(() => {
  sandbox = createSandbox();
  const project = path.join(sandbox.dir, 'project');
  fs.mkdirSync(path.join(project, 'below'), { recursive: true });
  fs.writeFileSync(path.join(project, 'package.json'), '{}');
  fs.writeFileSync(
    path.join(project, 'ar-plugins.yaml'),
    'schemaVersion: 1\nplugins:\n  "@acme/quiet": { range: "^1" }\n',
  );
  const id = createHash('sha256').update(project).digest('hex').slice(0, 12);
  logs = path.join(sandbox.dir, 'data', id, 'plugins', 'logs');
  fs.mkdirSync(logs, { recursive: true });
  env = { AGENT_RELAY_DATA_DIR: path.join(sandbox.dir, 'data') };
  return () => sandbox[Symbol.dispose]();
});

const words = (...args: readonly string[]): readonly string[] => [
  'plugin',
  'logs',
  ...args,
  '--project',
  path.join(sandbox.dir, 'project'),
];

interface Entry {
  readonly msg: string;
  readonly level?: string;
  readonly extra?: unknown;
}

function write(file: string, second: number, entry: Entry): void {
  const ts = new Date(Date.UTC(2026, 2, 1) + second * 1000).toISOString();
  fs.appendFileSync(path.join(logs, file), `${JSON.stringify({ ts, level: 'info', ...entry })}\n`);
}

/** Each line that a process prints. */
function linesOf({ child }: Started): AsyncIterator<string> {
  const { stdout } = child;
  if (!stdout) throw new Error('It has no output.');
  return createInterface({ input: stdout })[Symbol.asyncIterator]();
}

const messageOf = ({ value }: IteratorResult<string>): string => (JSON.parse(value) as { message: string }).message;

/** The messages that are shown. */
async function shown(...args: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await sandbox.ar(words(...args, '--json'), env);
  const documents = stdout.trim().split('\n').filter(Boolean);
  return documents.map((text) => (JSON.parse(text) as { readonly message: string }).message);
}

describe('a folder of logs', () => {
  it('that cannot be read is an error, and not an empty one', async () => {
    fs.rmSync(logs, { recursive: true });
    fs.writeFileSync(logs, '');
    const ended = await sandbox.ar(words(), env);
    expect([ended.code, errorCode(ended)]).toEqual([4, 'FILE_ACCESS']);
  });
});

describe('what was written', () => {
  it('of all plugins and of the loader is joined by time', async () => {
    write('acme__x.log.1', 1, { msg: 'first' });
    write('acme__x.log', 3, { msg: 'third', level: 'warn', extra: { ms: 12 } });
    write('loader.log', 2, { msg: 'second' });
    const { code, stdout } = await sandbox.ar(words(), env);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      '2026-03-01T00:00:01.000Z  info   @acme/x  first',
      '2026-03-01T00:00:02.000Z  info   loader  second',
      '2026-03-01T00:00:03.000Z  warn   @acme/x  third  {"ms":12}',
      '',
    ]);
  });

  it('is one JSON object a line under --json, each as its schema says', async () => {
    write('acme__x.log', 1, { msg: 'a', extra: ['b', null] });
    fs.appendFileSync(path.join(logs, 'acme__x.log'), 'plain\n{"level":"warn","msg":"lines were lost"}\n');
    const { stdout } = await sandbox.ar(words('--json'), env);
    const documents = stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as unknown);
    expect(documents).toEqual([
      {
        schemaVersion: 1,
        source: '@acme/x',
        time: '2026-03-01T00:00:01.000Z',
        level: 'info',
        message: 'a',
        extra: ['b', null],
      },
      { schemaVersion: 1, source: '@acme/x', text: 'plain' },
      { schemaVersion: 1, source: '@acme/x', level: 'warn', message: 'lines were lost' },
    ]);
    for (const document of documents) expect(isLogsOutput(document).ok).toBe(true);
  });

  it('is limited to a plugin, a level, a time and a number of lines', async () => {
    for (const [second, level] of ['info', 'error', 'debug', 'warn'].entries())
      write('acme__x.log', second, { msg: level, level });
    write('loader.log', 9, { msg: 'loader' });
    expect(await shown('@acme/x')).toEqual(['info', 'error', 'debug', 'warn']);
    expect(await shown('@acme/x', '--level', 'warn')).toEqual(['error', 'warn']);
    expect(await shown('@acme/x', '--since', '2026-03-01T00:00:02.000Z')).toEqual(['debug', 'warn']);
    expect(await shown('--lines', '2')).toEqual(['warn', 'loader']);
    expect(await shown('loader')).toEqual(['loader']);
    expect(await shown('--since', '1h')).toEqual([]);
    expect(await shown('@acme/quiet')).toEqual([]);
    expect((await sandbox.ar(words('@acme/quiet'), env)).stderr).toBe('No log has been written by @acme/quiet yet.\n');
    expect((await sandbox.ar(words('@acme/quiet', '--quiet'), env)).stderr).toBe('');
    expect((await sandbox.ar(words('@acme/x', '--since', '1h'), env)).stderr).toBe('');
  });

  it('is told in memory that does not grow with it', async () => {
    const lines = 120_000;
    const line = `${JSON.stringify({ ts: '2026-03-01T00:00:00.000Z', level: 'info', msg: 'x' })}\n`;
    fs.writeFileSync(path.join(logs, 'acme__x.log'), line.repeat(lines));
    const command = `set -o pipefail; "$0" "$@" | wc -l`;
    const program = ['--max-old-space-size=32', '--conditions=ar-source', MAIN, ...words('--lines', 'all')];
    const ended = await sandbox.start('bash', ['-c', command, process.execPath, ...program], env).ended;
    expect(ended).toMatchObject({ code: 0, stdout: `${lines}\n` });
  });

  it('cannot act on a terminal', async () => {
    write('acme__x.log', 1, {
      msg: '\u001b[31mred\u001b]0;title\u0007\u009b2J\u202eabc\nnext',
      extra: { '\u001b[2J': '\u009b' },
    });
    fs.appendFileSync(path.join(logs, 'acme__x.log'), 'raw \u001b[2J\u001b]52;c;eA==\u0007line \u009b1m\r!\n');
    const { stdout } = await sandbox.ar(words(), env);
    // oxlint-disable-next-line no-control-regex -- what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(stdout).toContain('redabc next');
    expect(stdout).toContain('raw line !');
    const json = await sandbox.ar(words('--json'), env);
    // oxlint-disable-next-line no-control-regex -- what must not be there
    expect(json.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it.each([
    [['@acme/none'], 'NOT_INSTALLED', 1],
    [['../../secret'], 'NOT_INSTALLED', 1],
    [['--since', 'yesterday'], 'USAGE', 2],
    [['--lines', '-1'], 'USAGE', 2],
    [['--level', 'loud'], 'USAGE', 2],
  ])('%j is refused', async (args, code, exit) => {
    const ended = await sandbox.ar(words(...args), env);
    expect([errorCode(ended), ended.code]).toEqual([code, exit]);
  });

  it('is nothing where no daemon ever ran, and that is said', async () => {
    fs.rmSync(path.join(sandbox.dir, 'data'), { recursive: true });
    const { code, stdout, stderr } = await sandbox.ar(words(), env);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain('No log has been written');
  });
});

describe('following', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'gives each line once across rotations, and %s ends it quietly',
    async (signal) => {
      write('acme__x.log', 1, { msg: 'before' });
      const started = sandbox.startAr(words('-f', '--json'), env);
      const lines = linesOf(started);
      expect(messageOf(await lines.next())).toBe('before');
      const expected = Array.from({ length: 30 }, (_, index) => `line ${index}`);
      for (const [index, msg] of expected.entries()) {
        write('acme__x.log', index, { msg });
        if (index % 10 === 9) fs.renameSync(path.join(logs, 'acme__x.log'), path.join(logs, 'acme__x.log.1'));
        expect(messageOf(await lines.next())).toBe(msg);
      }
      write('acme__new.log', 1, { msg: 'another plugin' });
      expect(messageOf(await lines.next())).toBe('another plugin');
      const startedMs = performance.now();
      started.child.kill(signal);
      expect(await started.ended).toMatchObject({ code: 130, stderr: '' });
      expect(performance.now() - startedMs).toBeLessThan(3000);
    },
  );

  it('is ended by Ctrl-C although nobody reads what it says', async () => {
    const text = 'x'.repeat(1000);
    for (let second = 0; second < 2000; second += 1) write('acme__x.log', second, { msg: text });
    const started = sandbox.startAr(words('-f', '--lines', 'all'), env);
    started.child.stdout?.removeAllListeners('data').pause();
    await once(started.child.stdout ?? started.child, 'readable');
    started.child.kill('SIGINT');
    const [code] = (await once(started.child, 'exit')) as [number];
    expect(code).toBe(130);
  });

  it('ends quietly when whoever reads has read enough', async () => {
    for (let second = 0; second < 2000; second += 1) write('acme__x.log', second, { msg: `line ${second}` });
    const started = sandbox.startAr(words('--lines', 'all'), env);
    const lines = linesOf(started);
    await lines.next();
    started.child.stdout?.destroy();
    expect(await started.ended).toMatchObject({ code: 0, stderr: '' });
  });
});
