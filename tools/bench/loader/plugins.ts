import type { Where } from './relay.ts';
import type { PluginSource } from '../../../loader/test/support/project.ts';

/** A hook that sees every message before it is delivered, and changes it. */
export function hook(where: Where, index = 0): PluginSource {
  return {
    name: `${where === 'isolated' ? '@acme' : '@ar'}/hook-${index}`,
    type: 'hook',
    manifest: 'hooks: { beforeMessage: true }\n',
    code: 'export default { beforeMessage: ({ body }) => ({ change: { body: `${body}!` } }) };',
  };
}
