/**
 * Who deploys to a place, and what the last one left there: one small text at the place itself, which is replaced only by who
 * has seen the newest one. Its id is another one after each deployment, so that whoever has noted it knows that nobody else
 * was there since; while somebody deploys there is no id, but their name and a count that goes on as long as they live.
 *
 * Nobody's clock is believed: somebody is gone whose count stands still for long enough while it is looked at, or whose
 * process is of this machine and is no more. What they left half done has no id, and so is compared as a whole.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { ArError } from '@ar-registry/core/errors';
import { hasEnded, thisRun } from '@ar-registry/io/process-run';
import type { Head, Hold, Pace, Place } from './types.ts';

interface KeptMark {
  readonly text: string;
  readonly version: string;
  /** Whether the place may be another than the one that it was written at: it says who deploys, and not what is there. */
  readonly isDoubtful?: boolean;
}

/** Where a place keeps that text. */
export interface MarkStore {
  read(): Promise<KeptMark | undefined>;
  /**
   * Replaces what has that version, or nothing where it is undefined.
   *
   * @returns its version; undefined where something else is there by now
   */
  replace(text: string, version: string | undefined, signal?: AbortSignal): Promise<string | undefined>;
}

const PACE: Pace = { beat: 10_000, gone: 45_000, wait: 120_000, look: 2000 };
/** How long somebody who gives up takes to say so. */
const LAST_WORD_MS = 10_000;

interface MarksOptions {
  readonly shown: string;
  readonly store: MarkStore;
  readonly pace?: Pace | undefined;
  readonly signal: AbortSignal;
}

export function createMarks({ shown, store, pace = PACE, signal }: MarksOptions): Pick<Place, 'head' | 'hold'> {
  const inUse = (): ArError => new ArError('DEPLOY_IN_USE', { place: shown });
  return {
    head: async () => {
      const begun = performance.now();
      let [seen, since] = ['', begun];
      for (;;) {
        const mark = await store.read();
        const { id, holder } = parseMark(mark);
        const version = mark?.version;
        if (holder === undefined) return { id, version };
        const now = performance.now();
        if (version !== undefined && version !== seen) [seen, since] = [version, now];
        if (isGone(holder) || now - since >= pace.gone) return { id: undefined, version };
        if (now - begun >= pace.wait) throw inUse();
        await delay(pace.look, undefined, { signal });
      }
    },
    hold: async (head, work) => {
      const claim = await takeClaim(store, { head, pace, inUse });
      if (!claim) return undefined;
      try {
        return { result: await work(claim) };
      } finally {
        await claim.end();
      }
    },
  };
}

interface Claim extends Hold {
  end(): Promise<void>;
}

interface ClaimOptions {
  readonly head: Head;
  readonly pace: Pace;
  readonly inUse: () => ArError;
}

async function takeClaim(store: MarkStore, { head, pace, inUse }: ClaimOptions): Promise<Claim | undefined> {
  const nonce = randomUUID();
  const lost = new AbortController();
  let version = await store.replace(claimText(nonce, 0), head.version);
  if (version === undefined) return undefined;
  let [beats, heard] = [0, performance.now()];
  /** One after the other: each replaces what the one before has written. */
  let last: Promise<unknown> = Promise.resolve();
  const replace = async (text: string, timeoutMs: number): Promise<void> => {
    lost.signal.throwIfAborted();
    version = await store.replace(text, version, AbortSignal.timeout(timeoutMs));
    heard = performance.now();
    if (version === undefined) lost.abort(inUse());
    lost.signal.throwIfAborted();
  };
  const say = async (text: string, timeoutMs: number): Promise<void> => {
    const before = last;
    const saying = before.then(() => replace(text, timeoutMs));
    last = saying.catch(() => undefined);
    await saying;
  };
  const beat = (): Promise<void> => say(claimText(nonce, (beats += 1)), pace.gone);
  const timer = setInterval(() => {
    beat().catch((error: unknown) => {
      // What others take for gone must not go on.
      if (performance.now() - heard >= pace.gone - pace.beat) lost.abort(error);
    });
  }, pace.beat);
  timer.unref();
  let isGiven = false;
  const give = async (id: string): Promise<string> => {
    clearInterval(timer);
    await say(markText(id), LAST_WORD_MS);
    isGiven = true;
    return id;
  };
  return {
    signal: lost.signal,
    assertHeld: beat,
    // Each file was seen as soon as it was put.
    finish: async () => give(randomUUID()),
    leave: async () => give(randomUUID()),
    end: async () => {
      clearInterval(timer);
      // Where that fails, too, the next one waits until nothing has been heard for long enough.
      if (!isGiven) await say(markText(undefined), LAST_WORD_MS).catch(() => undefined);
    },
  };
}

interface Mark {
  readonly id: string | undefined;
  readonly holder: string | undefined;
}

function markText(id: string | undefined): string {
  return `${JSON.stringify({ schemaVersion: 1, ...(id !== undefined && { id }) })}\n`;
}

function claimText(nonce: string, beats: number): string {
  const { pid, startedAt } = thisRun();
  return `${JSON.stringify({ schemaVersion: 1, holder: `${pid} ${startedAt} ${machine()}`, nonce, beats })}\n`;
}

/** What somebody else wrote there says nothing. */
function parseMark({ text, isDoubtful = false }: Omit<KeptMark, 'version'> = { text: '{}' }): Mark {
  try {
    const { schemaVersion, id, holder } = JSON.parse(text) as Record<string, unknown>;
    if (schemaVersion === 1)
      return {
        id: typeof id === 'string' && id !== '' && !isDoubtful ? id : undefined,
        holder: typeof holder === 'string' ? holder : undefined,
      };
  } catch {
    // no JSON
  }
  return { id: undefined, holder: undefined };
}

/** A process of this machine that has ended. One of another machine may live. */
function isGone(holder: string): boolean {
  const [pid = '', started, where] = holder.split(' ');
  if (where !== machine() || !/^[1-9]\d*$/.test(pid)) return false;
  return hasEnded({ pid: Number(pid), startedAt: Number(started) });
}

/**
 * Where the number of a process means one and the same: since this start of the system, and among processes that see each
 * other. Hashed, since the names of machines are no business of those who read a public place.
 */
function machine(): string {
  const told = [() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'), () => readlinkSync('/proc/self/ns/pid')];
  const known = told.map((tell) => {
    try {
      return tell();
    } catch {
      return ''; // no Linux
    }
  });
  return createHash('sha256')
    .update([hostname(), ...known].join('\n'))
    .digest('hex')
    .slice(0, 16);
}
