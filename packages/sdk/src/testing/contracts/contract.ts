/**
 * A contract is a list of cases, for any test runner:
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

/** Runs each case with an adapter that is initialised before and closed after it. */
export function casesFor<Adapter extends { init(): Promise<void>; close?(): Promise<void> }>(
  create: CreateAdapter<Adapter>,
  cases: Readonly<Record<string, (adapter: Adapter) => Promise<void>>>,
): readonly ContractCase[] {
  return Object.entries(cases).map(([title, check]) => ({
    title,
    async run() {
      const adapter = await create();
      await adapter.init();
      try {
        await check(adapter);
      } finally {
        await adapter.close?.();
      }
    },
  }));
}
