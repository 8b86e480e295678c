export { isBranchName } from './branch.ts';
export { isSameRepository } from './same-repository.ts';
