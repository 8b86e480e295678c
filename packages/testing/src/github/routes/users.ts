import { notFound } from '../answer.ts';
import { presentProfile } from '../present/user.ts';
import { accountOf, type GlobalRoute } from '../route.ts';

export const users: readonly GlobalRoute[] = [
  {
    method: 'GET',
    path: '/user',
    access: 'account',
    handle: (context) => ({ status: 200, body: presentProfile(context.state, accountOf(context)) }),
  },
  {
    method: 'GET',
    path: '/users/{username}',
    access: 'anyone',
    handle({ state, parameters }) {
      const account = state.accounts.get((parameters['username'] ?? '').toLowerCase());
      if (!account) throw notFound();
      return { status: 200, body: presentProfile(state, account) };
    },
  },
  {
    method: 'GET',
    path: '/user/{account_id}',
    access: 'anyone',
    handle({ state, parameters }) {
      const account = [...state.accounts.values()].find(({ id }) => String(id) === parameters['account_id']);
      if (!account) throw notFound();
      return { status: 200, body: presentProfile(state, account) };
    },
  },
];
