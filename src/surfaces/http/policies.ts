import { AppError } from '../../core/errors.ts';
import { type RouteName, routes } from '../../wire/routes.ts';

/** Who may come in to paths beside the route table: anybody, or who shows a secret before anything else is read. */
export const MOUNTED: Readonly<Record<string, 'public' | 'admitted'>> = {
  '/': 'public',
  '/page': 'public',
  '/api/docs': 'public',
  '/v1': 'admitted',
  '/mcp': 'admitted',
};

const TABLE = new Set(Object.keys(routes).map((name) => routes[name as RouteName].path as string));

function mounted(path: string): boolean {
  return Object.keys(MOUNTED).some(
    (prefix) => path === prefix || (prefix !== '/' && path.startsWith(`${prefix}/`)),
  );
}

/** Stops the server from starting with a path that nobody decided about. For the hook `onRoute`. */
export function refuseUndecided({ url }: { readonly url: string }): void {
  if (TABLE.has(url) || mounted(url)) return;
  throw new AppError('internal', `Nothing says who may come in to ${url}; name it in policies.ts.`);
}
