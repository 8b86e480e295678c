/** Exit codes of every command: 1 refused, not found or findings · 2 usage · 3 trust · 4 environment · 70 bug · 130 interrupted. */
export type ExitCode = 1 | 2 | 3 | 4 | 70 | 130;

/** How one code is told. Message: what happened, with the value. Remedy: one imperative sentence. */
export interface ErrorEntry<Facts> {
  readonly exit: ExitCode;
  readonly message: (facts: Facts) => string;
  readonly remedy: (facts: Facts) => string;
}

export type ErrorEntries<FactsByCode> = { readonly [Code in keyof FactsByCode]: ErrorEntry<FactsByCode[Code]> };
