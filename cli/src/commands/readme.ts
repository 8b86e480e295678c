import { defineCommand } from '../command.ts';
import { parseRegistrySpec } from '../plugin-spec.ts';

export const readme = defineCommand({
  name: 'readme',
  summary: 'Show the README of a plugin.',
  details: [
    'That of the version which is the latest. It is shown as its author wrote it, without what would act on a terminal; on a terminal with $PAGER, or less.',
  ],
  examples: [{ command: 'readme @ar/audit-logger', does: 'how to use it' }],
  options: {},
  positionals: { plugin: { summary: '@scope/name' } },
  async run({ args }, { registry, signal, output }) {
    const { name } = parseRegistrySpec(args.plugin);
    const client = await registry();
    return output.during(`Looking up ${name}`, async () => {
      // Asked first, because only this tells a plugin that is not there from one without a README.
      await client.plugin(name, signal);
      return { name, readme: await client.readme(name, signal) };
    });
  },
});
