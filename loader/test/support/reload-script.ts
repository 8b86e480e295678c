/**
 * Run in a process of its own: loads the plugin of a project, writes version 2 of its helper, reloads it, and prints what
 * the plugin noted. (Test runners import modules in their own way, past Node's hooks.)
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startRelay } from '../../src/start-relay.ts';

const [, , project = '', helper = '', text = ''] = process.argv;
const notes: unknown[] = [];
Object.assign(globalThis, { note: (value: unknown) => notes.push(value) });
const relay = await startRelay({ project });
writeFileSync(join(project, helper), text);
for (const { name } of relay.loader.getLoaded()) await relay.loader.reload(name);
await relay.stop();
process.stderr.write(JSON.stringify(notes));
