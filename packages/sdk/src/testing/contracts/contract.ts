import { watchCalls, type WatchOptions } from './watch-calls.ts';

/**
 * A contract is a list of cases, for any test runner, one after the other:
 *
 * ```ts
 * for (const { title, run } of storageContract(() => createAdapter())) test(title, run);
 * ```
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
): Pick<WatchOptions, 'timeoutMs'> {
  return { timeoutMs: (method) => wished ?? (LOADING.has(method) ? LOAD_TIMEOUT_MS : timeoutMs) };
}

const LOADING: ReadonlySet<string> = new Set(['init', 'onLoad']);
const LOAD_TIMEOUT_MS = 10_000;
/** For one call of a storage or memory adapter. */
const ADAPTER_TIMEOUT_MS = 5_000;

/** Runs each case with an adapter that is initialised before and closed after it. */
export function casesFor<Adapter extends { init(): Promise<void>; close?(): Promise<void> }>(
  create: CreateAdapter<Adapter>,
  cases: Readonly<Record<string, (adapter: Adapter) => Promise<void>>>,
  options?: ContractOptions,
): readonly ContractCase[] {
  return Object.entries(cases).map(([title, check]) => ({
    title,
    async run() {
      const adapter = watchCalls(await create(), callLimits(ADAPTER_TIMEOUT_MS, options));
      await adapter.init();
      try {
        await check(adapter);
      } finally {
        await adapter.close?.();
      }
    },
  }));
}
