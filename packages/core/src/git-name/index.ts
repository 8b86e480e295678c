export { isBranchName } from './branch.ts';
