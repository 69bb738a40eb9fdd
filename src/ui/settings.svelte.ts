/** settings — how the page looks and behaves, kept on this device */
import { createContext } from 'svelte';

import type { Placement } from '../../workers/api.ts';

export type Theme = 'system' | 'light' | 'dark';
export type Motion = 'system' | 'less';
export type PlacementChoice = Placement | 'auto';

interface Kept {
  theme: Theme;
  motion: Motion;
  singleKeys: boolean;
  placement: PlacementChoice;
  plainTerminal: boolean;
  terminalNotes: boolean;
}

const storageKey = 'postroom:settings'; // public/early.js reads it too
const defaults: Kept = {
  theme: 'system',
  motion: 'system',
  singleKeys: true,
  placement: 'auto',
  plainTerminal: false,
  terminalNotes: true,
};

/** What a person set, kept in this browser. */
export class Settings {
  theme = $state<Theme>(defaults.theme);
  motion = $state<Motion>(defaults.motion);
  /** shortcuts of one key without Ctrl or Alt (WCAG 2.1.4) */
  singleKeys = $state(defaults.singleKeys);
  placement = $state<PlacementChoice>(defaults.placement);
  /** terminals as a log and a field: for those who hear the page */
  plainTerminal = $state(defaults.plainTerminal);
  /** below what commands print, a line of ours where it helps */
  terminalNotes = $state(defaults.terminalNotes);

  constructor() {
    const kept = { ...defaults, ...read() };
    this.theme = oneOf(kept.theme, ['system', 'light', 'dark'], defaults.theme);
    this.motion = oneOf(kept.motion, ['system', 'less'], defaults.motion);
    this.singleKeys = kept.singleKeys !== false;
    this.placement = oneOf(kept.placement, ['auto', 'one', 'site', 'host'], defaults.placement);
    this.plainTerminal = kept.plainTerminal === true;
    this.terminalNotes = kept.terminalNotes !== false;
  }

  /** What to ask of the simulation; undefined = it decides. */
  get wantedPlacement(): Placement | undefined {
    return this.placement === 'auto' ? undefined : this.placement;
  }

  /** Changes some, applies them to the page and keeps them. */
  change(changed: Partial<Kept>): void {
    Object.assign(this, changed);
    const root = document.documentElement;
    if (this.theme === 'system') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', this.theme);
    root.toggleAttribute('data-motion', false);
    if (this.motion === 'less') root.setAttribute('data-motion', 'less');
    const { theme, motion, singleKeys, placement, plainTerminal, terminalNotes } = this;
    write({ theme, motion, singleKeys, placement, plainTerminal, terminalNotes });
  }
}

export const [getSettings, setSettings] = createContext<Settings>();

/** Sizes of panes and other small choices of the moment, by name. */
export function keptSize(name: string, otherwise: number): number {
  try {
    const value = Number(localStorage.getItem(`postroom:size:${name}`) ?? NaN);
    return Number.isFinite(value) && value > 0 ? value : otherwise;
  } catch {
    return otherwise;
  }
}

/** Keeps the size of a pane. */
export function keepSize(name: string, value: number): void {
  try {
    localStorage.setItem(`postroom:size:${name}`, String(Math.round(value)));
  } catch {
    // a browser that keeps nothing
  }
}

function read(): Partial<Kept> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function write(kept: Kept): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify(kept));
  } catch {
    // a browser that keeps nothing
  }
}

function oneOf<T extends string>(value: unknown, choices: readonly T[], otherwise: T): T {
  return choices.find((choice) => choice === value) ?? otherwise;
}
