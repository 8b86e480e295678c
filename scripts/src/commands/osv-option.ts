import { resolve } from 'node:path';
import type { AdvisorySource } from '@ar-registry/core/osv';
import { openAdvisories } from '@ar-registry/io/osv';
import type { Context } from '../command.ts';

/** The vulnerability database that `--osv` names: an address, or a folder. Nothing is read yet. */
export function openOsv(
  where: string | undefined,
  { cwd, clock }: Pick<Context, 'cwd' | 'clock'>,
): AdvisorySource | undefined {
  if (where === undefined) return undefined;
  const options = { userAgent: 'ar-registry', now: () => new Date(clock.nowMs()) };
  return openAdvisories(/^https?:\/\//i.test(where) ? where : resolve(cwd, where), options);
}
