import fs from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import type { Sandbox } from './ar.ts';

/**
 * A new plugin from its template, with its `dist`: `npm run build` would need npm's registry, and what it does to
 * these sources is to strip their types.
 *
 * @returns absolute path of its folder
 */
export async function builtPlugin(sandbox: Sandbox, name = '@acme/hello', type = 'hook'): Promise<string> {
  const folder = name.split('/').at(-1) ?? '';
  const { code, stderr } = await sandbox.ar(['plugin', 'init', folder, '--type', type, '--name', name]);
  if (code !== 0) throw new Error(stderr);
  const dir = path.join(sandbox.dir, folder);
  fs.mkdirSync(path.join(dir, 'dist'));
  const source = fs.readFileSync(path.join(dir, 'src/index.ts'), 'utf8');
  fs.writeFileSync(path.join(dir, 'dist/index.js'), stripTypeScriptTypes(source));
  return dir;
}

/** Replaces text in a file, which must hold it. */
export function edit(file: string, from: string | RegExp, to: string): void {
  const text = fs.readFileSync(file, 'utf8');
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${file} does not hold ${String(from)}`);
  fs.writeFileSync(file, changed);
}
