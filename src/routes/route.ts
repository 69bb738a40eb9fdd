/** route — where the page is, kept in the hash so that any static host and any sub-path serves it */
export type Route =
  | { page: 'start' }
  /** lesson null: the list of lessons */
  | { page: 'learn'; lesson: string | null }
  /** world null: the list of worlds */
  | { page: 'sandbox'; world: string | null }
  /** id null: the gallery */
  | { page: 'experiments'; id: string | null }
  | { page: 'help' }
  | { page: 'unknown'; hash: string };

/** The place a hash names. */
export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#\/?/, '').replace(/\/+$/, '');
  const [page = '', name = '', ...rest] = path.split('/').map(decodeSegment);
  if (rest.length > 0) return { page: 'unknown', hash };
  switch (page) {
    case '':
      return { page: 'start' };
    case 'learn':
      return { page: 'learn', lesson: name === '' ? null : name };
    case 'sandbox':
      return { page: 'sandbox', world: name === '' ? null : name };
    case 'experiments':
      return { page: 'experiments', id: name === '' ? null : name };
    case 'help':
      return { page: 'help' };
    default:
      return { page: 'unknown', hash };
  }
}

/** The hash of a place, as parseRoute() reads it. */
export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'start':
      return '#/';
    case 'learn':
      return route.lesson === null ? '#/learn' : `#/learn/${encodeURIComponent(route.lesson)}`;
    case 'sandbox':
      return route.world === null ? '#/sandbox' : `#/sandbox/${encodeURIComponent(route.world)}`;
    case 'experiments':
      return route.id === null ? '#/experiments' : `#/experiments/${encodeURIComponent(route.id)}`;
    case 'help':
      return '#/help';
    case 'unknown':
      return route.hash;
  }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
