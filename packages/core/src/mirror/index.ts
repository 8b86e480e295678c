export { isMirrorPath } from './paths.ts';
export { needsDocument, withheldAsDocumented, withheldAsListed, type ListedVersion } from './policy.ts';
