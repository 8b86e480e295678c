export { changesIn, standingIn, toChangesDocument, type Change, type Standing } from './changes.ts';
