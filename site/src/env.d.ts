/// <reference types="astro/client" />
import type { Overview } from './data/overview.ts';
import type { ByNameData, Dependent, KindData, LetterData, ListData } from './data/page-data.ts';

declare global {
  namespace App {
    /** What a page is given with its path. */
    interface Locals {
      /** Absent while developing. */
      fail?: (error: unknown) => void;
      overview: Overview;
      dependents?: readonly Dependent[];
      list?: ListData;
      byName?: ByNameData;
      kind?: KindData;
      letter?: LetterData;
    }
  }
}
