/** The user's side: a project finds and installs both plugins over plain HTTP. */
import fs from 'node:fs';
import path from 'node:path';
import { versionOf } from './author.ts';
import { root, type Shell } from './shell.ts';

/** @returns the project folder */
export async function userSteps(
  shell: Shell,
  { folder, registryUrl }: { readonly folder: string; readonly registryUrl: string },
): Promise<string> {
  const project = path.join(folder, 'project');
  fs.mkdirSync(project);
  fs.writeFileSync(path.join(project, 'package.json'), '{ "name": "project", "private": true, "type": "module" }\n');
  fs.writeFileSync(
    path.join(project, 'ar-plugins.yaml'),
    `schemaVersion: 1\nregistries:\n  default:\n    url: ${registryUrl}\nplugins: {}\n`,
  );
  const ar = (...args: string[]): Promise<string> => shell.run('ar', ['plugin', ...args], project);
  shell.say('A project looks for plugins and installs them: each archive is verified before it is unpacked.');
  await ar('search', 'audit');
  await ar('info', '@ar/audit-logger');
  await ar('readme', '@ar/webhook-bridge');
  await ar('install', `@ar/audit-logger@${versionOf('audit-logger')}`, '@ar/webhook-bridge@^1');
  await ar('list');
  shell.say('The same files are installed from a lock, and a plugin of one’s own from its folder.');
  await ar('install');
  await ar('install', '../my-bridge');
  await ar('remove', '@acme/my-bridge');
  // The project’s own agent-relay: the real one, installed with the repository.
  fs.mkdirSync(path.join(project, 'node_modules'));
  fs.symlinkSync(
    path.join(root, 'tools/agent-relay/node_modules/agent-relay'),
    path.join(project, 'node_modules/agent-relay'),
  );
  return project;
}
