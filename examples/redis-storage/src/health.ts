import { setTimeout as delay } from 'node:timers/promises';
import type { HealthStatus } from '@ar-registry/sdk';
import type { Connection } from './connection.ts';
import type { Messages } from './messages.ts';
import { describe } from './passing.ts';

const ANSWER_MS = 2000;
/** Servers of providers may keep what they know of themselves to themselves. */
const UNKNOWN = {};

/** Whether Redis answers, whether everything works, and whether the server keeps what it is given. */
export async function healthOf(connection: Connection, { writer }: Messages): Promise<HealthStatus> {
  const details = { waiting: writer.waiting() };
  const answer = await answerOf(connection);
  const problem = connection.failure() ?? answer.problem;
  if (problem !== undefined) return { status: 'unhealthy', message: `Redis cannot be used: ${problem}`, details };
  const { facts = UNKNOWN } = answer;
  const known = { ...details, ...facts };
  const risk = riskOf(facts);
  return risk === undefined
    ? { status: 'healthy', details: known }
    : { status: 'degraded', message: risk, details: known };
}

/** What a server says of itself that decides whether messages are safe with it. */
interface ServerFacts {
  readonly appendOnly?: boolean;
  /** What it does when it is full: anything but `noeviction` throws messages away. */
  readonly evictionPolicy?: string;
}

function riskOf({ appendOnly, evictionPolicy = 'noeviction' }: ServerFacts): string | undefined {
  if (appendOnly === false)
    return 'The server keeps messages in memory alone (appendonly no): they are lost when it ends.';
  // volatile-…: what never expires is never thrown away, and what expires may go early.
  if (evictionPolicy !== 'noeviction')
    return `The server may throw messages away when it is full (maxmemory-policy ${evictionPolicy}).`;
  return undefined;
}

async function answerOf(connection: Connection): Promise<{ problem?: string; facts?: ServerFacts }> {
  const answered = new AbortController();
  try {
    const slow = delay(ANSWER_MS, undefined, { ref: false, signal: answered.signal });
    const late = slow.then(() => Promise.reject(new Error('it does not answer')));
    const text = await Promise.race([connection.probe(), late]);
    return { facts: parseInfo(text) };
  } catch (error) {
    return { problem: describe(error) };
  } finally {
    answered.abort();
  }
}

/** @param info the text of `INFO`; empty where it is not allowed */
function parseInfo(info: string): ServerFacts {
  const appendOnly = /^aof_enabled:(\d)/m.exec(info)?.[1];
  const evictionPolicy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  return {
    ...(appendOnly === undefined ? {} : { appendOnly: appendOnly === '1' }),
    ...(evictionPolicy === undefined ? {} : { evictionPolicy }),
  };
}
