export { fetchTrust, type SignedState } from './fetch-trust.ts';
export { openMirrorFolder, type MirrorFolder, type MirrorNote } from './mirror-folder.ts';
export { createPoliteGet, type PoliteGet, type PoliteOptions } from './polite-get.ts';
