/** One thing that doctor looks at. It never changes anything that stays, and never throws for what it finds. */
import type { Context } from '../context.ts';

/** `warn`: something will not work, or not as well; `fail`: the next command may not. */
export type Diagnosis =
  | { readonly result: 'pass'; readonly message: string }
  | { readonly result: 'warn' | 'fail'; readonly message: string; readonly remedy: string };

export interface Check {
  /** Stable, for programs. */
  readonly id: string;
  readonly run: (context: Context) => Promise<Diagnosis>;
}

export type Checked = Diagnosis & { readonly id: string };

export function pass(message: string): Diagnosis {
  return { result: 'pass', message };
}

export function warn(message: string, remedy: string): Diagnosis {
  return { result: 'warn', message, remedy };
}

export function fail(message: string, remedy: string): Diagnosis {
  return { result: 'fail', message, remedy };
}
