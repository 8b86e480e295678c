import { ArError } from '@ar-registry/core/errors';
import type { permissionsToGrant } from '@ar-registry/core/install';
import type { Context } from '../context.ts';

type Asked = ReturnType<typeof permissionsToGrant>;

/**
 * Shows what each plugin wants to be allowed, and asks.
 *
 * Where nobody can be asked, a plugin gets what it declares, as its sandbox enforces it; but what could undo the
 * sandbox (programs, compiled code), or lets other machines in, needs a person's consent or --yes.
 *
 * @throws PERMISSIONS_NOT_GRANTED
 */
export async function askForPermissions(asked: Asked, { output, confirm }: Context): Promise<void> {
  for (const { name, added } of asked) {
    output.note(`${name} asks to:`);
    for (const { text } of added) output.note(`  ${text}`);
    const answer = await confirm(`Allow ${name} this?`);
    const grave = added.filter((line) => line.grave);
    if (answer === 'yes' || (answer === 'unasked' && grave.length === 0)) continue;
    const refused = answer === 'unasked' ? grave : added;
    throw new ArError('PERMISSIONS_NOT_GRANTED', { plugin: name, permissions: refused.map(({ text }) => text) });
  }
}
