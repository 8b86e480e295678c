import type { GlobalRoute, RepositoryRoute, Route } from '../route.ts';
import { artifacts } from './artifacts.ts';
import { assets } from './assets.ts';
import { checkRuns } from './check-runs.ts';
import { commits } from './commits.ts';
import { contents } from './contents.ts';
import { gitObjects } from './git-objects.ts';
import { gitRefs } from './git-refs.ts';
import { issues } from './issues.ts';
import { labels } from './labels.ts';
import { merging } from './merging.ts';
import { pulls } from './pulls.ts';
import { releases } from './releases.ts';
import { repositories } from './repositories.ts';
import { reviews } from './reviews.ts';
import { statuses } from './statuses.ts';
import { users } from './users.ts';

const GLOBAL: readonly (readonly GlobalRoute[])[] = [users];

const IN_REPOSITORY: readonly (readonly RepositoryRoute[])[] = [
  repositories,
  gitObjects,
  gitRefs,
  pulls,
  merging,
  issues,
  labels,
  reviews,
  contents,
  commits,
  releases,
  assets,
  checkRuns,
  statuses,
  artifacts,
];

/** Every operation of GitHub that the double knows. */
export const ROUTES: readonly Route[] = [
  ...GLOBAL.flat().map((route) => ({ kind: 'global', route }) as const),
  ...IN_REPOSITORY.flat().map((route) => ({ kind: 'repository', route }) as const),
];
