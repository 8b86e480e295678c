export { normalizeManifest } from './normalize.ts';
export { checkManifest, parseManifest, type ParsedManifest } from './parse.ts';
