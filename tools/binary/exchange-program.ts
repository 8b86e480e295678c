/** What `exchange.test.ts` runs on the runtime of the binary: asks each of the given questions, and says what became of it. */
import { isArError } from '@ar-registry/core/errors';
import { exchange } from './replacements/exchange.ts';

export interface Asked {
  readonly url: string;
  readonly limitBytes?: number;
  readonly timeoutMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly authorization?: string;
  readonly json?: string;
  /** Given up after so long. */
  readonly abortMs?: number;
}

/** Of an answer its status, body and some headers; of an error its code, and what it says of the reason. */
export interface Became {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly code?: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

async function ask({ abortMs, authorization, limitBytes = 1000, timeoutMs = 5000, ...asked }: Asked): Promise<Became> {
  const signal = abortMs === undefined ? new AbortController().signal : AbortSignal.timeout(abortMs);
  const secret = authorization === undefined ? undefined : { origin: new URL(asked.url).origin, value: authorization };
  try {
    const { status, headers, body } = await exchange({
      headers: {},
      ...asked,
      limitBytes,
      timeoutMs,
      signal,
      authorization: secret,
    });
    return { status, headers: { ...headers }, body: body.toString('latin1') };
  } catch (error) {
    if (isArError(error)) return { code: error.code, facts: { ...error.facts } };
    return { code: error instanceof Error ? error.name : 'unknown' };
  }
}

const questions = JSON.parse(process.argv[2] ?? '[]') as readonly Asked[];
process.stdout.write(JSON.stringify(await Promise.all(questions.map(ask))));
