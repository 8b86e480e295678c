import path from 'node:path';
import { checksum } from './checksum.ts';

/** The folder of one registry in that of all. @param url without credentials */
export function registryFolder(folder: string, url: string): string {
  const name = encodeURIComponent(url).replaceAll('*', '%2A');
  return path.join(folder, name.length <= 200 ? name : `${name.slice(0, 180)}-${checksum(Buffer.from(url))}`);
}
