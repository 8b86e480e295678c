export { buildGit, type PackedGit } from './build.ts';
export { checkoutGit, newestCommit, type BuildPlan, type GitCheckout } from './checkout.ts';
export { checkoutLocked, restoreCheckout, type LockedGit } from './restore.ts';
