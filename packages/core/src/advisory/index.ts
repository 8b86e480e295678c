export {
  ADVISORY_ECOSYSTEM,
  advisoriesAgainst,
  affectedText,
  blockingAdvisory,
  revoked,
  type Advisory,
} from './advisory.ts';
export { inOrder, type AdvisoryEvents } from './events.ts';
export { withoutRevoked } from './without-revoked.ts';
