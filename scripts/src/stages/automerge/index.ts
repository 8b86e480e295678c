export { applyPlan } from './apply.ts';
export { planMerges } from './plan.ts';
