/** How one kind of finding is told. */
export interface FindingEntry<Facts> {
  readonly severity: 'error' | 'warning';
  readonly message: (facts: Facts) => string;
  /** How to mend it: one imperative sentence. */
  readonly remedy: (facts: Facts) => string;
}

export type FindingEntries<FactsByCode> = { readonly [Code in keyof FactsByCode]: FindingEntry<FactsByCode[Code]> };
