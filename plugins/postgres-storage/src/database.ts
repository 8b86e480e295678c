/**
 * The connections, and what happens while there are none: a statement whose connection fails is tried again with
 * back-off, until it works or the plugin is unloaded. So every statement may run twice; at worst a session's count of
 * messages is one too high then.
 *
 * Statements name their tables in full and have no names of their own: so they work through a pooler that gives each
 * transaction another connection, and whatever the address says of `search_path`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { QueryResultRow } from 'pg';
import { openConnections, type ConnectionOptions, type Run } from './connections.ts';
import { createFailures, type FailureListeners, type Failures, type Kind } from './failures.ts';
import { concernsAll, isBusy, isPassing, isTimeout } from './passing.ts';
import { createAllowance, createTurns } from './turns.ts';

export interface Database {
  /** The names of the tables as statements take them. */
  readonly tables: Tables;
  /** Reads. A read that takes longer than 10 s is given up. @throws what PostgreSQL says; the signal's reason */
  query(text: string, values?: readonly unknown[]): Promise<QueryResultRow[]>;
  /** Writes. @throws as `query` does */
  change(text: string, values?: readonly unknown[]): Promise<QueryResultRow[]>;
  /** Writes messages. @param bytes how much there is of them: many may take longer */
  save(text: string, values: readonly unknown[], bytes: number): Promise<void>;
  /** Everything that is asked from now on waits for it, and fails if it fails. @throws what `work` throws */
  prepare(work: (run: Run) => Promise<void>): Promise<void>;
  /** Asks once, and does not try again. @throws what went wrong */
  probe(): Promise<void>;
  /** What fails at the moment; undefined while everything works. */
  failure(): string | undefined;
  /** Ends every connection, also one that is lost or in use. */
  close(): Promise<void>;
}

export interface Tables {
  readonly messages: string;
  readonly sessions: string;
  readonly agent_summaries: string;
  readonly dead_letters: string;
}

export interface DatabaseOptions extends ConnectionOptions, FailureListeners {
  readonly schema: string;
  readonly signal: AbortSignal;
}

const PROBE_MS = 2000;
/** What a slow line carries. */
const BYTES_PER_MS = 1000;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5000;

export function openDatabase(options: DatabaseOptions): Database {
  const { persist, attempt, failures, close } = openPersistent(options);
  const allowance = createAllowance();
  let prepared: Promise<void> = Promise.resolve();
  const call = async (kind: Kind, text: string, values: readonly unknown[] = []): Promise<QueryResultRow[]> => {
    const leave = allowance.admit(charsOf(values));
    try {
      await prepared;
      return await persist(kind, (run) => run(text, values));
    } finally {
      leave();
    }
  };
  return {
    tables: tablesIn(options.schema),
    query: (text, values) => call('read', text, values),
    change: (text, values) => call('change', text, values),
    async save(text, values, bytes) {
      await prepared;
      await persist('save', (run) => run(text, values, options.queryMs + bytes / BYTES_PER_MS));
    },
    prepare(work) {
      prepared = persist('save', work);
      // Who calls is told; nobody may have called yet.
      prepared.catch(() => undefined);
      return prepared;
    },
    probe: async () => void (await attempt('read', (run) => run('SELECT 1', [], PROBE_MS))),
    failure: () => failures.current(),
    close,
  };
}

interface Persistent {
  /** Once, and whatever others wait. */
  readonly attempt: <Result>(kind: Kind, use: (run: Run) => Promise<Result>) => Promise<Result>;
  /** In turn, and again until it works. */
  readonly persist: <Result>(kind: Kind, use: (run: Run) => Promise<Result>) => Promise<Result>;
  readonly failures: Failures;
  readonly close: () => Promise<void>;
}

function openPersistent(options: DatabaseOptions): Persistent {
  const { signal } = options;
  const failures = createFailures(options);
  const connections = openConnections(options, (error) => signal.aborted || failures.note('read', error));
  const turns = createTurns(options.poolSize, signal);
  let proven = false;
  const attempt: Persistent['attempt'] = async (kind, use) => {
    try {
      const result = await connections.use(use);
      proven = true;
      failures.clear(kind);
      return result;
    } catch (error) {
      if (!signal.aborted && isNoted(error, kind, proven)) failures.note(kind, error);
      throw error;
    }
  };
  const persist: Persistent['persist'] = async (kind, use) => {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      await turns.take();
      try {
        return await attempt(kind, use);
      } catch (error) {
        signal.throwIfAborted();
        if (!isRepeated(error, kind, proven)) throw error;
      } finally {
        turns.give();
      }
      await delay(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  };
  return { attempt, persist, failures, close: () => connections.close() };
}

/** A slow read is given up: who asked has gone, and it would be as slow again. */
function isRepeated(error: unknown, kind: Kind, proven: boolean): boolean {
  return isPassing(error, proven) && !(kind === 'read' && isTimeout(error));
}

function isNoted(error: unknown, kind: Kind, proven: boolean): boolean {
  const conflict = error instanceof Error && 'code' in error && String(error.code).startsWith('40');
  if (conflict || isBusy(error)) return false;
  return isPassing(error, proven) || (kind === 'save' && concernsAll(error));
}

function charsOf(values: readonly unknown[]): number {
  return values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);
}

function tablesIn(schema: string): Tables {
  const name = (table: string): string => `"${schema}".${table}`;
  return {
    messages: name('messages'),
    sessions: name('sessions'),
    agent_summaries: name('agent_summaries'),
    dead_letters: name('dead_letters'),
  };
}
