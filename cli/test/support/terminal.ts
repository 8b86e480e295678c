/** `ar plugin …` at a pseudo-terminal, question by question. */
import { spawn, spawnSync } from 'node:child_process';
import { PROGRAM } from './ar.ts';
import type { TestProject } from './project.ts';

/** Whether there is no `script` here. */
export const noTerminal = spawnSync('script', ['--version']).status !== 0;

export interface Terminal {
  /** Waits until the screen shows `text` after what was shown before, then types. */
  readonly type: (text: string, keys: string) => Promise<void>;
  /** The same, and Enter. */
  readonly answer: (text: string, line: string) => Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly screen: string }>;
}

/** Runs `ar plugin …` at a pseudo-terminal. @source script(1), util-linux */
export function atTerminal({ dir, env }: TestProject, args: readonly string[]): Terminal {
  const words = [...PROGRAM, 'plugin', ...args, '--project', dir];
  const command = words.map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { PATH: process.env['PATH'], HOME: dir, TERM: 'xterm', ...env },
    stdio: 'pipe',
  });
  let screen = '';
  let seen = 0;
  const changed = new EventTarget();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    changed.dispatchEvent(new Event('change'));
  });
  const ended = new Promise<{ code: number | null; screen: string }>((resolve) =>
    child.once('close', (code) => {
      changed.dispatchEvent(new Event('change'));
      resolve({ code, screen });
    }),
  );
  const shown = async (text: string): Promise<void> => {
    for (;;) {
      const at = screen.indexOf(text, seen);
      if (at !== -1) {
        seen = at + text.length;
        return;
      }
      if (child.exitCode !== null) throw new Error(`It ended without showing ${text}:\n${screen}`);
      await new Promise((resolve) => changed.addEventListener('change', resolve, { once: true }));
    }
  };
  const type = async (text: string, keys: string): Promise<void> => {
    await shown(text);
    child.stdin.write(keys);
  };
  return { type, answer: (text, line) => type(text, `${line}\r`), ended };
}
