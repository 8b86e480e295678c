import { isSignedPath } from '../trust/index.ts';

/** Longer than any path of a registry. */
const MAX_LENGTH = 250;

/**
 * Whether a mirror may write a file to this path below `/api/v1/` that a registry signed for.
 *
 * The registry may be anybody’s: only plain names, none of which is hidden or leads elsewhere on any system.
 */
export function isMirrorPath(path: string): boolean {
  return path.length <= MAX_LENGTH && isSignedPath(path) && path.split('/').every(isPlainName);
}

function isPlainName(name: string): boolean {
  return /^@?[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && !name.endsWith('.') && !DEVICES.test(name);
}

/** What Windows takes for devices, whatever follows a dot. */
const DEVICES = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;
