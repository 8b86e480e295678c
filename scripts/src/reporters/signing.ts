import type { SignOutput } from '@ar-registry/schemas';
import type { SignOutcome } from '../stages/sign/index.ts';

/** What `ar-registry sign` and `resign` tell people. */
export function presentSigning(
  { site, needed, targets, signed, expires, warnings, log }: SignOutput,
  check = false,
): { readonly text: string; readonly notes: string } {
  const until = expires === undefined ? '' : ` Good until ${expires}.`;
  const logged = log ? ` The log has ${log.size} entries, ${log.added} of them new.` : '';
  const documents = targets > 0 ? `${targets} documents of ` : '';
  const told = check
    ? `${site} ${needed ? 'must be signed anew soon' : 'need not be signed anew yet'}.`
    : `${documents}${site}: ${signedOf(signed.length)}.`;
  return { text: `${told}${until}${logged}\n`, notes: warnings.map((warning) => `WARNING: ${warning}.\n`).join('') };
}

/** The same for scripts. */
export function toSignOutput(
  site: string,
  outcome: Omit<SignOutcome, 'expires'> & { readonly expires?: string },
): SignOutput {
  return { schemaVersion: 1, site, ...outcome, signed: [...outcome.signed], warnings: [...outcome.warnings] };
}

function signedOf(files: number): string {
  if (files === 0) return 'nothing new to sign';
  return files === 1 ? '1 file signed' : `${files} files signed`;
}
