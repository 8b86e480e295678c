import { ArError } from '@ar-registry/core/errors';
import type { permissionsToGrant } from '@ar-registry/core/install';
import type { PluginName } from '@ar-registry/schemas';
import type { Context } from '../context.ts';

type Asked = ReturnType<typeof permissionsToGrant>;

/**
 * Shows what each plugin wants to be allowed, and asks.
 *
 * Where nobody can be asked, a plugin that somebody chose gets what it declares, as its sandbox enforces it; but what could
 * undo the sandbox (programs, compiled code), or lets other machines in, needs a person's consent or --yes. So does
 * whatever an update widens: nobody chose that, and it is what whoever took over an author's account would publish.
 *
 * @param updated plugins that are there already, and that nobody asked to have in this version
 * @throws PERMISSIONS_NOT_GRANTED
 */
export async function askForPermissions(
  asked: Asked,
  { output, confirm }: Context,
  updated: ReadonlySet<PluginName> = new Set(),
): Promise<void> {
  for (const { name, added } of asked) {
    output.note(`${name} asks to:`);
    for (const { text } of added) output.note(`  ${text}`);
    const answer = await confirm(`Allow ${name} this?`);
    if (answer === 'yes') continue;
    const refused = answer === 'unasked' && !updated.has(name) ? added.filter((line) => line.grave) : added;
    if (refused.length === 0) continue;
    throw new ArError('PERMISSIONS_NOT_GRANTED', { plugin: name, permissions: refused.map(({ text }) => text) });
  }
}
