export {
  NEWEST_CHANGES,
  changesDocument,
  changesIn,
  compareChanges,
  standingIn,
  toChangesDocument,
  type Change,
  type Standing,
} from './changes.ts';
