/** A built API of which one scope is a copy, to change, with links to all else. */
import fs from 'node:fs';
import path from 'node:path';

const PLUGINS = 'api/v1/plugins';
/** Folders of their own, in which files may be replaced. */
const OWN = ['api', 'api/v1', PLUGINS, `${PLUGINS}/page`];

/** @param from absolute, left as it is @param to not there yet */
export function linkApi(from: string, to: string): void {
  for (const folder of OWN) fs.mkdirSync(path.join(to, folder), { recursive: true });
  for (const folder of ['', ...OWN])
    for (const name of fs.readdirSync(path.join(from, folder))) {
      const entry = path.join(folder, name);
      if (!OWN.includes(entry)) fs.symlinkSync(path.join(from, entry), path.join(to, entry));
    }
  const scope = fs.readdirSync(path.join(from, PLUGINS)).find((name) => name.startsWith('@')) ?? '';
  fs.unlinkSync(path.join(to, PLUGINS, scope));
  fs.cpSync(path.join(from, PLUGINS, scope), path.join(to, PLUGINS, scope), { recursive: true });
}
