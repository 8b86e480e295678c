/** What a test needs that interrupts a command: a program that it waits for, and what is left when it is gone. */
import fs from 'node:fs';
import path from 'node:path';
import type { Started } from './ar.ts';

export interface HangingProgram {
  /** `PATH` on which it is found first. */
  readonly path: string;
  /** Its process, and one that it started; settles once both run. */
  readonly started: Promise<readonly number[]>;
}

/** A program that says where it is, starts another, and waits. @param dir existing; for what it needs */
export function hang(name: string, dir: string): HangingProgram {
  const folder = path.join(dir, 'bin');
  const pids = path.join(dir, 'pids');
  fs.mkdirSync(folder);
  fs.mkdirSync(pids);
  // Whole once it is there: half a number would be another process.
  const program = `#!/bin/sh\nsleep 600 &\necho "$$ $!" > "${pids}/new"\nmv "${pids}/new" "${pids}/pids"\nwait\n`;
  fs.writeFileSync(path.join(folder, name), program, { mode: 0o755 });
  const started = new Promise<readonly number[]>((resolve) => {
    const watcher = fs.watch(pids, () => {
      if (!fs.existsSync(path.join(pids, 'pids'))) return;
      watcher.close();
      resolve(fs.readFileSync(path.join(pids, 'pids'), 'utf8').trim().split(' ').map(Number));
    });
  });
  return { path: `${folder}:${process.env['PATH'] ?? ''}`, started };
}

/** What is waited for. @throws if the command ends before */
export function orEnd<T>(awaited: Promise<T>, { ended }: Started): Promise<T> {
  return Promise.race([awaited, ended.then((end) => Promise.reject(new Error(JSON.stringify(end))))]);
}

/** All files and folders below one, but for what is cached whole, and what was seen of a registry. */
export function tracesIn(dir: string): readonly string[] {
  return fs
    .readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) =>
        !/plugins\/(?:cache|projects)(?:$|\/[^/]*$)/.test(name) &&
        !/plugins\/(?:cache\/http|trust|advisories)/.test(name),
    )
    .filter(
      (name) =>
        !/^(?:pids|bin|\.home\/npm-cache)(?:$|\/)/.test(name) &&
        // npm keeps its compiled code in the folder for temporary files.
        !name.startsWith('node-compile-cache') &&
        !/^(?:data|\.home\/\.agent-relay)(?:\/plugins(?:\/(?:staging|store))?)?$/.test(name),
    )
    .toSorted();
}

/** One that ended may wait for its parent to notice. */
export function isRunning(pid: number | string): boolean {
  const file = `/proc/${pid}/stat`;
  if (fs.existsSync('/proc/self/stat')) return fs.existsSync(file) && !/\) [ZX] /.test(fs.readFileSync(file, 'utf8'));
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}
