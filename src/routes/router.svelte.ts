/** router — the route shown, following the address bar */
import { formatRoute, parseRoute, type Route } from './route.ts';

/** Where the page is, as the address has it. */
export class Router {
  route = $state.raw<Route>(parseRoute(location.hash));

  /** Called when the hash changed. */
  read(): void {
    this.route = parseRoute(location.hash);
    window.scrollTo(0, 0);
  }

  go(route: Route): void {
    location.hash = formatRoute(route);
  }
}
