/** Who is asking, and whether GitHub would let them. */
import { notFound, Refusal } from './answer.ts';
import type { Access, Route } from './route.ts';
import { fullNameOf, isAtLeast, roleOf, type Repository, type Role, type State, type Token } from './state.ts';

/**
 * The token of a request; undefined when it carries none.
 *
 * @throws Refusal 401 for a token that is not known
 */
export function authenticate(state: State, authorization: string | undefined): Token | undefined {
  if (authorization === undefined) return undefined;
  const token = state.tokens.get(tokenIn(authorization) ?? '');
  if (!token) throw new Refusal(401, 'Bad credentials');
  return token;
}

/** The secret of an `authorization` header: `token …`, `bearer …`, or the password of `basic …`. */
function tokenIn(authorization: string): string | undefined {
  const [scheme = '', value = ''] = authorization.split(' ');
  if (/^(?:token|bearer)$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return undefined;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}

/** @throws Refusal 401, 403 or 404, as GitHub chooses between them */
export function authorize(token: Token | undefined, { route }: Route, repository: Repository | undefined): void {
  if (repository && !canSee(repository, token)) throw notFound();
  if (route.access !== 'anyone' && !token) throw new Refusal(401, 'Requires authentication');
  if (!token) return;
  if (token.limitedTo) authorizeLimited(token, route, repository);
  else if (repository) authorizeRole(token, route, repository);
}

const LEAST_ROLE: Readonly<Record<Access, Role>> = {
  anyone: 'read',
  account: 'read',
  triage: 'triage',
  push: 'write',
  admin: 'admin',
};

function authorizeRole(token: Token, route: Route['route'], repository: Repository): void {
  if (!isAtLeast(roleOf(repository, token.account), LEAST_ROLE[route.access])) throw refuseRole(route.access);
  const writes = route.method !== 'GET';
  const enough = token.scopes.some((scope) => scope === 'repo' || (scope === 'public_repo' && !repository.private));
  // A token whose scopes do not reach is told that there is nothing, as a stranger is.
  if (writes && !enough) throw notFound();
}

/** What may be written is hidden from strangers; what may be judged is refused to them. */
function refuseRole(access: Access): Refusal {
  return access === 'push' ? notFound() : new Refusal(403, 'Must have admin rights to Repository.');
}

/** A workflow's token may do what its permissions say, and in no other repository. */
function authorizeLimited(token: Token, route: Route['route'], repository: Repository | undefined): void {
  const writes = route.method !== 'GET';
  // What everybody may read in a public repository, every token may.
  const isPublic = repository ? !repository.private && !writes : route.access === 'anyone';
  if (isPublic || (repository && isOwn(token, repository) && hasArea(token, route, writes))) return;
  throw new Refusal(403, 'Resource not accessible by integration');
}

function hasArea({ limitedTo }: Token, { areas }: Route['route'], writes: boolean): boolean {
  if (!areas) return true;
  return areas.some((area) => {
    const level = limitedTo?.permissions[area];
    return level === 'write' || (level === 'read' && !writes);
  });
}

function isOwn({ limitedTo }: Token, repository: Repository): boolean {
  return limitedTo?.repository.toLowerCase() === fullNameOf(repository).toLowerCase();
}

function canSee(repository: Repository, token: Token | undefined): boolean {
  if (roleOf(repository, token?.account) !== undefined) return true;
  return token !== undefined && isOwn(token, repository);
}

/** Whether a token stands for somebody with that role in a repository. A workflow's token does in its own. */
export function actsAs(token: Token | undefined, repository: Repository, role: Role): boolean {
  if (token?.limitedTo) return isOwn(token, repository) || (role === 'read' && !repository.private);
  return isAtLeast(roleOf(repository, token?.account), role);
}
