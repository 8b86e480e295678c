/**
 * Starting what sends: a process of its own, which nobody waits for. What a command or a daemon does is done by then, it
 * may end at once, and a server that is slow, or gone, is nothing that it could notice.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { senderCommand } from './sender-command.ts';

export interface SenderStart {
  /** Of the queue; absolute. */
  readonly folder: string;
  /** Where answers of registries are kept; absolute. */
  readonly responses: string;
  /** Of the program that tells: all that it says of itself. */
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Of one that runs. One that is older was ended by somebody. */
const MARKER = 'sending';
const MARKER_LASTS_MS = 30_000;

/** What it takes to reach a registry, and no more: neither tokens nor what Node.js would be told to load. */
const PASSED_ON =
  /^(?:(?:https?|no)_proxy|NODE_EXTRA_CA_CERTS|NODE_USE_SYSTEM_CA|NODE_TLS_REJECT_UNAUTHORIZED|SSL_CERT_(?:FILE|DIR)|SystemRoot)$/i;

/** Starts one unless one runs, which will see what is new. Never throws. @returns whether one was started */
export function startSender({ folder, responses, version, env, nowMs }: SenderStart): boolean {
  try {
    const marker = path.join(folder, MARKER);
    if (!mark(marker, nowMs)) return false;
    const [file, ...first] = senderCommand(env);
    const child = spawn(file, [...first, folder, responses, version, marker], {
      // Nothing of the caller's is held: neither its folder nor its streams nor its terminal.
      cwd: folder,
      env: passedOn(env),
      detached: true,
      stdio: 'ignore',
      windowsHide: true,
    });
    child.on('error', () => undefined);
    child.unref();
    return true;
  } catch {
    return false; // no process to be had: what waits is told another time
  }
}

function mark(marker: string, nowMs: number): boolean {
  const stats = fs.statSync(marker, { throwIfNoEntry: false });
  if (stats !== undefined && Math.abs(nowMs - stats.mtimeMs) < MARKER_LASTS_MS) return false;
  fs.rmSync(marker, { force: true });
  fs.writeFileSync(marker, '', { flag: 'wx', mode: 0o600 });
  return true;
}

function passedOn(env: SenderStart['env']): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => PASSED_ON.test(name)));
}
