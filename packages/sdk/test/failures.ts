/** For the tests of contracts: which cases an adapter fails, and what is said of it. */
import { AssertionError } from 'node:assert';
import type { ContractCase } from '../src/testing/contracts/contract.ts';

/** Titles of the cases that fail. */
export async function failing(cases: readonly ContractCase[]): Promise<string[]> {
  return (await failuresOf(cases)).map(({ title }) => title);
}

export interface Failure {
  readonly title: string;
  readonly message: string;
}

/** One after the other, as a test's runner does it. */
export async function failuresOf(cases: readonly ContractCase[]): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const { title, run } of cases) {
    const error = await run().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error instanceof AssertionError) failures.push({ title, message: error.message });
    else if (error !== undefined) throw new Error(`The case failed otherwise: ${title}`, { cause: error });
  }
  return failures;
}

export const QUICK = { timeoutMs: 50 };
export const hang = (): Promise<never> => new Promise(() => undefined);
