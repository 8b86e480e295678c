export { CLAIM, WORKFLOW, createAuthority, statementOf, type Authority, type BundleParts } from './authority.ts';
