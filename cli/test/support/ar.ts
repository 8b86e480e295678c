/** The command line as a user starts it: a process, with an environment that has nothing of the machine's own. */
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The bundle that the set-up of the tests made; the source where a test runs without it. */
export const MAIN = process.env['AR_TEST_CLI'] ?? path.resolve(import.meta.dirname, '../../src/main.ts');

/** The Node.js that runs the program under test; that of the tests unless AR_TEST_NODE names another one. */
const NODE = process.env['AR_TEST_NODE'] || process.execPath;

/** What a test starts, and the words of `ar` after it: the standalone binary where AR_TEST_BINARY names one. */
export const PROGRAM: readonly [file: string, ...args: readonly string[]] = process.env['AR_TEST_BINARY']
  ? [process.env['AR_TEST_BINARY']]
  : [NODE, '--conditions=ar-source', MAIN];

/** Whether it is the binary, which Node.js' own options are not for. */
export const isBinary = PROGRAM.length === 1;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface Sandbox extends Disposable {
  /** Folder of everything; gone with the sandbox. */
  readonly dir: string;
  /** Home of the user, with the settings of git. */
  readonly home: string;
  /** Starts any program there. */
  readonly start: (file: string, args: readonly string[], env?: Readonly<Record<string, string>>) => Started;
  /** Runs `ar …` to its end. */
  readonly ar: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Ended>;
  /** Starts `ar …`. */
  readonly startAr: (args: readonly string[], env?: Readonly<Record<string, string>>) => Started;
  /** Runs git to its end. @throws if it fails */
  readonly git: (...args: readonly string[]) => Promise<string>;
}

export function createSandbox(): Sandbox {
  const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ar-cli-')));
  const home = path.join(dir, '.home');
  fs.mkdirSync(home);
  fs.writeFileSync(
    path.join(home, '.gitconfig'),
    '[user]\n\tname = Ada Lovelace\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n',
  );
  const base = { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: dir };
  const start: Sandbox['start'] = (file, args, env = {}) => startIn(dir, { file, args, env: { ...base, ...env } });
  const startAr: Sandbox['startAr'] = (args, env) => {
    const [file, ...first] = PROGRAM;
    return start(file, [...first, ...args], env);
  };
  return {
    dir,
    home,
    start,
    startAr,
    ar: (args, env) => startAr(args, env).ended,
    git: async (...args) => {
      const { code, stdout, stderr } = await start('git', args).ended;
      if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
      return stdout;
    },
    [Symbol.dispose]: () => fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 }),
  };
}

interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

function startIn(cwd: string, { file, args, env }: Program): Started {
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** The code of the error that a command ended with. */
export function errorCode({ stderr }: Ended): string | undefined {
  return /error\[([A-Z_]+)\]/.exec(stderr)?.[1];
}
