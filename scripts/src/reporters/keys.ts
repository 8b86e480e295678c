import type { KeysOutput } from '@ar-registry/schemas';

/** What `ar-registry keys` tells people: the state, and what is still to be done. */
export function presentKeys(output: KeysOutput, folder: string): { readonly text: string; readonly notes: string } {
  const { roles, rootVersion, rootExpires, targetsVersion, targetsExpires, bins } = output;
  const lines = roles.flatMap(({ role, threshold, keys }) => [
    `${role.padEnd(10)} ${threshold} of ${keys.length}`,
    ...keys.map(({ id, atHand }) => `  ${id}${atHand ? '  private key at hand' : ''}`),
  ]);
  const text = [
    ...lines,
    `root       version ${rootVersion}, expires ${rootExpires}`,
    `targets    version ${targetsVersion}, expires ${targetsExpires}, ${bins} bins`,
    ...fingerprintsOf(output),
    '',
  ].join('\n');
  return { text, notes: notesOf(output, folder) };
}

/** Users are shown that of the first root, however many came after it. */
function fingerprintsOf({ fingerprint, firstFingerprint, rootVersion }: KeysOutput): readonly string[] {
  if (fingerprint === firstFingerprint) return [`fingerprint of the root: ${fingerprint}`];
  return [
    `fingerprint of the root: ${firstFingerprint}  (the first, which users compare)`,
    `                         ${fingerprint}  (version ${rootVersion}, as good for --fingerprint)`,
  ];
}

function notesOf({ action, missingSignatures, development }: KeysOutput, folder: string): string {
  const notes = [];
  if (development) notes.push('These are DEVELOPMENT keys: nobody guards them. Never tell anybody to trust them.');
  if (missingSignatures > 0)
    notes.push(
      `The newest root waits for ${missingSignatures} more ${missingSignatures === 1 ? 'signature' : 'signatures'}: ar-registry keys endorse.`,
    );
  if (action === 'init' && !development)
    notes.push(`Commit ${folder}. Move the keys of root and targets off this machine before anybody trusts them.`);
  if (['rotate', 'revoke', 'renew', 'endorse'].includes(action))
    notes.push(`Commit ${folder}, then sign and publish the site.`);
  return notes.map((note) => `${note}\n`).join('');
}
