export { explainTrust, TRUST_LEVELS, type Criterion, type TrustExplanation } from './explain.ts';
export { verificationProblem } from './verification.ts';
