/**
 * local-time — times as asctime(3) prints them; hosts keep UTC
 */
import { formatDateTime } from '../../protocols/message/date.ts';

/** "Sun Nov 22 11:32:46 2026" */
export function asctime(epochUs: number): string {
  const [weekday, day, month, year, clock] = formatDateTime(epochUs).replace(',', '').split(' ');
  return `${weekday!} ${month!} ${day!.padStart(2)} ${clock!} ${year!}`;
}
