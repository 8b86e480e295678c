import { watchThread } from './blocked.ts';
import { createHandleWatch, GIVES_BACK, type HandleWatch } from './held-handles.ts';
import { watchCall, watchCalls, type WatchOptions } from './watch-calls.ts';

/**
 * A contract is a list of cases, for any test runner, one after the other:
 *
 * ```ts
 * for (const { title, run } of storageContract(() => createAdapter())) test(title, run);
 * ```
 *
 * However the adapter behaves, the cases end: each call has a time limit, and what a failing adapter holds open does not
 * keep the process of the tests.
 */
export interface ContractCase {
  /** A sentence of behaviour. */
  readonly title: string;
  /** Rejects with an `AssertionError` if the adapter does something else. */
  readonly run: () => Promise<void>;
}

/** Makes an adapter of its own for each case, without `init` called. Rows of other cases must not be in it. */
export type CreateAdapter<Adapter> = () => Adapter | Promise<Adapter>;

export interface ContractOptions {
  /** Milliseconds that a call of the adapter may take; as many as the loader gives it unless given. */
  readonly timeoutMs?: number;
}

/** As in the loader: what loads a plugin has longer than what is called while messages wait. */
export function callLimits(
  timeoutMs: number,
  { timeoutMs: wished }: ContractOptions = {},
): Pick<WatchOptions, 'timeoutMs' | 'onCall'> {
  return {
    timeoutMs: (method) => wished ?? (LOADING.has(method) ? LOAD_TIMEOUT_MS : timeoutMs),
    onCall: watchThread(wished ?? LOAD_TIMEOUT_MS),
  };
}

const LOADING: ReadonlySet<string> = new Set(['create', 'init', 'onLoad']);
const LOAD_TIMEOUT_MS = 10_000;
/** For one call of a storage or memory adapter. */
const ADAPTER_TIMEOUT_MS = 5_000;

/** What is under test, made within a time limit, each of its calls watched. */
export async function createWatched<Subject extends object>(
  create: CreateAdapter<Subject>,
  options: WatchOptions,
): Promise<Subject> {
  const made = await watchCall('create', create, { ...options, mayBeSync: true });
  return watchCalls(made as Subject, options);
}

/** Makes adapters, and unloads them where they are plugins: whoever wrote the test loaded them, perhaps one for all cases. */
export function createMaker<Subject extends object>(
  create: CreateAdapter<Subject>,
  options: WatchOptions,
): { readonly make: () => Promise<Subject>; readonly unload: () => Promise<unknown> } {
  const made = new Set<Subject & { onUnload?(): unknown }>();
  const remember = async (): Promise<Subject> => {
    const subject = await create();
    made.add(subject);
    return subject;
  };
  return {
    make: () => createWatched(remember, options),
    unload: () =>
      Promise.allSettled([...made].map((one) => watchCalls(one, { ...options, mayBeSync: true }).onUnload?.())),
  };
}

type Check<Subject extends readonly unknown[]> = (...subject: Subject) => Promise<void>;

/** Runs a check with a subject of its own, from its beginning to its end, within what is watched for what it leaves open. */
export type Live<Subject extends readonly unknown[]> = (
  check: Check<Subject>,
  watch: HandleWatch['watch'],
) => Promise<void>;

export interface Ending<Subject extends readonly unknown[]> {
  readonly live: Live<Subject>;
  /** What comes after all lives. */
  readonly unload?: () => Promise<unknown>;
  /** The last method of them, after which nothing may be open any more. */
  readonly last: string;
}

/** Cases out of what each checks, and one more about what all of them left open. */
export function endingCases<Subject extends readonly unknown[]>(
  checks: Readonly<Record<string, Check<Subject>>>,
  { last, live, unload }: Ending<Subject>,
): readonly ContractCase[] {
  const handles = createHandleWatch(last);
  const cases = Object.entries(checks).map(([title, check]) => ({ title, run: () => live(check, handles.watch) }));
  const givesBack = async (): Promise<void> => {
    await live(async () => undefined, handles.watch);
    await unload?.();
    await handles.check();
  };
  return [...cases, { title: GIVES_BACK, run: () => givesBack().finally(handles.release) }];
}

/** What goes wrong first is told: what hangs in a call makes `close` hang, too. */
export async function thenEnd(run: () => Promise<void>, end: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    await end().catch(() => undefined);
    throw error;
  }
  await end();
}

/** Runs each case with an adapter that is initialised before and closed after it. */
export function casesFor<Adapter extends { init(): Promise<void>; close?(): Promise<void> }>(
  create: CreateAdapter<Adapter>,
  checks: Readonly<Record<string, (adapter: Adapter) => Promise<void>>>,
  { parts, ...options }: ContractOptions & Pick<WatchOptions, 'parts'> = {},
): readonly ContractCase[] {
  const limits = { ...callLimits(ADAPTER_TIMEOUT_MS, options), ...(parts && { parts }) };
  const { make, unload } = createMaker(create, limits);
  return endingCases(checks, {
    last: 'close',
    unload,
    async live(check, watch) {
      const adapter = await make();
      const close = async (): Promise<void> => adapter.close?.();
      await watch(async () => {
        await adapter.init();
        await thenEnd(() => check(adapter), close);
      });
    },
  });
}
