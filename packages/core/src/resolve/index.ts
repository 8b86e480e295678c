export { describeWanted, parseWanted, resolveVersion, type VersionEntry, type Wanted } from './resolve.ts';
export { parseAge, settled } from './settled.ts';
