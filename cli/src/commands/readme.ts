import type { PluginName } from '@ar-registry/schemas';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { isLocal, lockedHere } from '../locked-here.ts';
import { parseRegistrySpec } from '../plugin-spec.ts';

export const readme = defineCommand({
  name: 'readme',
  summary: 'Show the README of a plugin.',
  details: [
    'That of the version which is the latest, or of the plugin that is linked here or was installed from an archive or a repository, set for the terminal and read with $PAGER, or less. To a file or a program, and with --raw, it is written as its author wrote it. Nothing in it acts on the terminal, and the address of a link stands beside its text.',
  ],
  examples: [
    { command: 'readme @ar/audit-logger', does: 'how to use it' },
    { command: 'readme @ar/audit-logger --raw', does: 'its Markdown' },
  ],
  options: { raw: { type: 'boolean', summary: 'show the Markdown as it was written' } },
  positionals: { plugin: { summary: '@scope/name' } },
  freshWillDo: true,
  async run({ values, args }, context) {
    const { globals, output } = context;
    const { name } = parseRegistrySpec(args.plugin);
    const text = await output.during(`Looking up ${name}`, () => readText(name, context));
    if (values.raw || globals.json || !output.isTerminal) return { name, readme: text };
    const { renderMarkdown } = await import('../present/markdown/render.ts');
    return { name, readme: text, render: (width: number) => renderMarkdown(text, width) };
  },
});

async function readText(name: PluginName, context: Context): Promise<string> {
  const lock = await lockedHere(name, context);
  if (isLocal(lock)) {
    const { readLocalReadme } = await import('../install/local-info.ts');
    return readLocalReadme(name, lock, { projectDir: await context.projectDir(), dataDir: context.dataDir });
  }
  const client = await context.registry();
  // Asked first, because only this tells a plugin that is not there from one without a README.
  await client.plugin(name, context.signal);
  return client.readme(name, context.signal);
}
