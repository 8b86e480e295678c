/** One thing that doctor looks at. It changes nothing, and never throws for what it finds. */
import type { Project } from '@ar-registry/io/project';
import type { ArError } from '@ar-registry/core/errors';
import type { Context } from '../context.ts';

/** `warn`: something will not work, or not as well; `fail`: the next command may not; `skip`: another check says why. */
export type Diagnosis =
  | { readonly result: 'pass' | 'skip'; readonly message: string }
  | { readonly result: 'warn' | 'fail'; readonly message: string; readonly remedy: string };

export interface Check {
  /** Stable, for programs. */
  readonly id: string;
  readonly run: (context: Context, project: LookedAt) => Promise<Diagnosis>;
}

/** The project, read once for all checks. */
export type LookedAt =
  | { readonly kind: 'read'; readonly project: Project }
  | { readonly kind: 'broken'; readonly error: ArError };

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

/** Runs a check where the project can be read; what keeps it from that is told once, by the check of that name. */
export function withProject(check: (project: Project, context: Context) => Promise<Diagnosis>): Check['run'] {
  return async (context, looked) => {
    if (looked.kind === 'read') return check(looked.project, context);
    return { result: 'skip', message: 'Not looked at, since the project cannot be read.' };
  };
}
