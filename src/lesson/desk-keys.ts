/** desk-keys — the keyboard of a lesson's workspace: space, arrows, digits; h and the answers have their own place */
import type { Session } from '../sim/session.svelte.ts';
import { isInteresting } from '../time/interesting.ts';

import { stageTabs, type Pane, type StageView } from './desk-layout.ts';

interface Desk {
  session: () => Session;
  singleKeys: () => boolean;
  view: (id: StageView) => void;
  pane: (id: Pane) => void;
}

/** @returns the handler of keydown events of the window */
export function getDeskKeys(desk: Desk): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || isTyped(event)) return;
    const act =
      event.altKey || event.key.length > 1
        ? moved(event, desk)
        : desk.singleKeys()
          ? pressed(event, desk)
          : null;
    if (act === null) return;
    event.preventDefault();
    act();
  };
}

function moved({ key, altKey, target }: KeyboardEvent, { session }: Desk): (() => void) | null {
  if (
    target instanceof HTMLElement &&
    target.closest('[role="tablist"], [role="separator"], [role="slider"], svg') !== null
  )
    return null;
  const wanted = altKey ? isInteresting : undefined;
  switch (key) {
    case 'ArrowRight':
      return () => void session().stepForward(wanted);
    case 'ArrowLeft':
      return () => void session().stepBack(wanted);
    case 'Home':
      return () => session().seek(0);
    case 'End':
      return () => session().goLive();
    case 'Escape':
      return session().selection === null ? null : () => session().select(null);
    default:
      return null;
  }
}

function pressed({ key, target }: KeyboardEvent, desk: Desk): (() => void) | null {
  const tab = stageTabs.find((one) => one.key === key);
  if (tab !== undefined)
    return () => {
      desk.view(tab.id);
      desk.pane('stage');
    };
  const onControl =
    target instanceof HTMLElement && target.closest('button, a, summary, [role="button"]') !== null;
  switch (key) {
    case ' ':
      return onControl ? null : () => void desk.session().toggle();
    case 's':
      return () => desk.pane('story');
    case 'e':
      return () => desk.pane('events');
    case 'w':
      return () => {
        desk.view('why');
        desk.pane('stage');
      };
    default:
      return null;
  }
}

function isTyped({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}
