import path from 'node:path';
import { createPluginFolder } from '@ar-registry/io/package-folder';
import { renderTemplate } from '@ar-registry/sdk/templates';
import { checkTemplate, templateValues } from '../author/template-values.ts';
import { defineCommand } from '../command.ts';
import { PLUGIN_TYPES } from '../plugin-types.ts';

export const init = defineCommand({
  name: 'init',
  summary: 'Start a new plugin from a template.',
  details: [
    'Writes a small plugin in TypeScript that builds, passes its own tests and does something. The folder must be new or empty.',
  ],
  examples: [
    { command: 'init my-bridge --type bridge', does: 'a bridge, in the folder my-bridge' },
    { command: 'init audit --type hook --name @acme/audit', does: 'a hook with a name of your choice' },
  ],
  options: {
    type: { type: 'string', value: 'TYPE', choices: PLUGIN_TYPES, required: true, summary: 'what kind of plugin' },
    name: { type: 'string', value: 'NAME', summary: '@scope/name (default: from git and the folder)' },
    license: { type: 'string', value: 'SPDX', default: 'MIT', summary: 'licence of the plugin' },
    author: { type: 'string', value: 'NAME', summary: 'who writes it (default: user.name of git)' },
  },
  positionals: { folder: { summary: 'where to write it' } },
  async run({ values, args: { folder } }, { cwd, signal }) {
    const dir = path.resolve(cwd, folder);
    const template = await templateValues({ ...values, dir }, signal);
    const files = renderTemplate(template);
    checkTemplate(files, folder);
    await createPluginFolder(dir, files);
    return { folder, name: template.name, type: template.type, files: [...files.keys()].toSorted() };
  },
});
