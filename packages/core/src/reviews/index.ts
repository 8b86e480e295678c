export { planReview, type ReviewWish } from './plan.ts';
export { ratingOf } from './rating.ts';
export { reviewTextProblem } from './text.ts';
