/** Runs the commands of the walk as a user would, and shows each with what it printed. */
import { execa } from 'execa';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

const PROGRAMS: Readonly<Record<string, string>> = {
  ar: path.join(root, 'cli/bin/ar.js'),
  'ar-registry': path.join(root, 'scripts/bin/ar-registry.js'),
  'ar-relay-host': path.join(root, 'loader/bin/ar-relay-host.js'),
};

export interface Shell {
  /** Says in one sentence what comes next. */
  readonly say: (sentence: string) => void;
  /** Runs a command line; returns its standard output. Rejects when it fails. */
  readonly run: (program: string, args: readonly string[], cwd: string) => Promise<string>;
  readonly env: Readonly<Record<string, string>>;
  /** Replaces long paths of this run by short words, so that what is shown reads well. */
  readonly short: (text: string) => string;
}

/** @param names path → what to show in its place */
export function createShell(env: Readonly<Record<string, string>>, names: Readonly<Record<string, string>>): Shell {
  let step = 0;
  const short = (text: string): string =>
    Object.entries(names).reduce((shown, [long, name]) => shown.replaceAll(long, name), text);
  const show = (text: string): void => {
    const lines = short(text).trimEnd().split('\n');
    const shown = lines.length > 18 ? [...lines.slice(0, 16), `… ${lines.length - 16} more lines`] : lines;
    for (const line of shown) if (line !== '' || shown.length > 1) console.log(`    ${line}`);
  };
  return {
    env,
    short,
    say: (sentence) => {
      step += 1;
      console.log(`\n${step}. ${sentence}`);
    },
    run: async (program, args, cwd) => {
      console.log(`  $ ${short([program, ...args].join(' '))}`);
      const [file, first] = commandOf(program);
      const { stdout, all } = await execa(file, [...first, ...args], { cwd, env, all: true, stdin: 'ignore' });
      show(all);
      return stdout;
    },
  };
}

/** Our own programs run under this very Node.js; all others are found in PATH. */
export function commandOf(program: string): readonly [string, readonly string[]] {
  const script = PROGRAMS[program];
  return script === undefined ? [program, []] : [process.execPath, [script]];
}
