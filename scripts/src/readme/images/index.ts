/**
 * Pictures that a README shows and that lie beside it in the archive. They are of strangers: a file counts as a picture
 * when all of it reads as one, whatever it is called, and what is published is the picture alone. Behind the end of one,
 * in comments and profiles, there is room for scripts, archives and places where somebody lives.
 */
import { createHash } from 'node:crypto';
import { readGif } from './gif.ts';
import { readJpeg } from './jpeg.ts';
import { PICTURE_LIMIT_BYTES, type Picture } from './picture.ts';
import { readPng } from './png.ts';
import { readWebp } from './webp.ts';

/** As a page shows one. */
export interface ShownPicture {
  /** Relative to the README. */
  readonly src: string;
  readonly width: number;
  readonly height: number;
}

/** The pictures of one README. */
export interface Pictures {
  /** @param src as the README has it. @returns undefined for what is no picture of the archive */
  show(src: string): ShownPicture | undefined;
}

export interface PublishedPicture {
  /** Named by its bytes: `a1b2….png`. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** Where they lie, beside the README. */
const PICTURE_FOLDER = 'readme-images';

const MOST_PICTURES = 30;
const MOST_BYTES = 4 * 1024 * 1024;

/** @param files of the archive, by path. @returns besides, which were shown */
export function createPictures(
  files: ReadonlyMap<string, Uint8Array>,
): Pictures & { readonly shown: () => readonly PublishedPicture[] } {
  const shown = new Map<string, Uint8Array>();
  const known = new Map<string, ShownPicture | undefined>();
  let left = MOST_BYTES;
  const publish = (picture: Picture): ShownPicture | undefined => {
    const { width, height, format, bytes } = picture;
    const file = `${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}.${format}`;
    if (!shown.has(file)) {
      if (shown.size >= MOST_PICTURES || bytes.length > left) return undefined;
      left -= bytes.length;
      shown.set(file, bytes);
    }
    return { src: `${PICTURE_FOLDER}/${file}`, width, height };
  };
  return {
    show: (src) => {
      const path = pathIn(src);
      if (path === undefined) return undefined;
      if (!known.has(path)) {
        const picture = readPicture(files.get(path));
        known.set(path, picture && publish(picture));
      }
      return known.get(path);
    },
    shown: () => [...shown].map(([file, bytes]) => ({ file, bytes })),
  };
}

/** The files of an archive that a README could show. */
export function picturesAmong(
  files: ReadonlyMap<string, { readonly bytes: Uint8Array }>,
): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const [path, { bytes }] of files)
    if (/\.(?:png|jpe?g|gif|webp)$/i.test(path) && bytes.length <= PICTURE_LIMIT_BYTES) found.set(path, bytes);
  return found;
}

/** @returns undefined for what is not one whole picture of a bearable size */
export function readPicture(bytes: Uint8Array | undefined): Picture | undefined {
  if (!bytes || bytes.length > PICTURE_LIMIT_BYTES) return undefined;
  return readPng(bytes) ?? readJpeg(bytes) ?? readGif(bytes) ?? readWebp(bytes);
}

/** `./docs/a%20b.png?raw=true` as `docs/a b.png`; undefined for what is an address, or leaves the folder. */
function pathIn(src: string): string | undefined {
  if (src.length > 500 || /^(?:[a-z][a-z0-9+.-]*:|[\\/#?])/i.test(src)) return undefined;
  const url = URL.parse(src, 'https://invalid.invalid/');
  if (!url || src.includes('..')) return undefined;
  try {
    return decodeURIComponent(url.pathname.slice(1));
  } catch {
    return undefined; // no UTF-8
  }
}
