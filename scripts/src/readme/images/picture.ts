/** What a picture of a README may be, and what is known of one that may be shown. */

export type PictureFormat = 'png' | 'jpg' | 'gif' | 'webp';

export interface Picture {
  readonly format: PictureFormat;
  /** In pixels, as all lengths here. */
  readonly width: number;
  readonly height: number;
  /** What is published: the picture alone, without what else the file held. */
  readonly bytes: Uint8Array;
}

/** Of one file. */
export const PICTURE_LIMIT_BYTES = 1024 * 1024;
const MOST_ON_A_SIDE = 8192;
/** What a browser would have to hold: thirty-two megabytes. */
const MOST_PIXELS = 8_000_000;
/** Of all frames of an animation together. */
export const MOST_ANIMATED_PIXELS = 400_000_000;
export const MOST_FRAMES = 1000;

export function isOfBearableSize(width: number, height: number): boolean {
  return (
    width >= 1 && height >= 1 && width <= MOST_ON_A_SIDE && height <= MOST_ON_A_SIDE && width * height <= MOST_PIXELS
  );
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Four letters, as formats name their parts. */
export function lettersAt(bytes: Uint8Array, at: number, length = 4): string {
  return String.fromCodePoint(...bytes.subarray(at, at + length));
}
