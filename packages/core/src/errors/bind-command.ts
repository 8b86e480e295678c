/**
 * What a user types to have a plugin's scope asked from the registry that it came from.
 *
 * @param registry URL as a lock has it, which may be the work of others: only one that is nothing to a shell is written out
 */
export function bindCommand(plugin: string, registry: string): string {
  const scope = plugin.split('/')[0] ?? plugin;
  const address = /^[A-Za-z0-9:/.@%~_+-]+$/.test(registry) ? registry : '<its address>';
  return `ar plugin registry add ${address} --scope ${scope}`;
}
