/** panes — which panes of a workspace are shown, how large, and which one has the keyboard */
import type { Selection } from '../../sim/selection.ts';
import type { Session } from '../../sim/session.svelte.ts';
import type { Command } from '../../ui/keys.ts';
import { keepSize, keptSize } from '../../ui/settings.svelte.ts';

import { stageTabs, type Pane, type PhoneTab, type StageView } from './stage-tabs.ts';

export type LowTab = 'mail' | 'terminal' | 'events' | 'log';
export type Sized = 'left' | 'inspector' | 'low' | 'terminal';

const phoneBelow = 900;
const wideFrom = 1280;
const leftMaxWhenTight = 336;
const lowShare = 0.26; // the stage above it needs the height more
const terminalShare = 0.4;

/** Sizes, choice and focus of the panes of a workspace. */
export class Panes {
  view = $state<StageView>('map');
  low = $state<LowTab>('events');
  /** the one shown on a phone */
  pane = $state<Pane>('left');
  /** fills the window */
  focused = $state<Pane | null>(null);
  dialog = $state<'keys' | 'describe' | null>(null);
  width = $state(window.innerWidth);

  readonly usual: Readonly<Record<Sized, number>>;
  readonly sizes: Record<Sized, number>;
  readonly phone = $derived(this.width < phoneBelow);
  readonly wide = $derived(this.width >= wideFrom);
  readonly leftSize = $derived.by(() =>
    this.wide ? this.sizes.left : Math.min(this.sizes.left, leftMaxWhenTight),
  );
  /** the inspector as a drawer: asked for, or something was selected */
  readonly drawer = $derived.by(() => !this.phone && !this.wide && (this.#asked || this.#selected));

  /** which size the lower pane has: a terminal needs more height */
  readonly lowSized = $derived<Sized>(this.low === 'terminal' ? 'terminal' : 'low');

  readonly #kind: string;
  readonly #session: Session;
  readonly #lowFirst: LowTab;
  #asked = $state(false);
  /** the drawer was closed over it */
  #dismissed = $state.raw<Selection | null>(null);

  constructor(session: Session, options: { kind: string; hasMail: boolean }) {
    this.#session = session;
    this.#kind = options.kind;
    this.#lowFirst = options.hasMail ? 'mail' : 'events';
    this.low = this.#lowFirst;
    const low = options.hasMail ? 288 : 208;
    const share = (of: number) => Math.round(window.innerHeight * of);
    this.usual = {
      left: 384,
      inspector: 312,
      low: Math.min(low, share(lowShare)),
      terminal: share(terminalShare),
    };
    this.sizes = $state({
      left: keptSize(`${this.#kind}:left`, this.usual.left),
      inspector: keptSize(`${this.#kind}:inspector`, this.usual.inspector),
      low: keptSize(`${this.#kind}:low`, this.usual.low),
      terminal: keptSize(`${this.#kind}:terminal`, this.usual.terminal),
    });
  }

  resize(which: Sized, size: number): void {
    this.sizes[which] = size;
    keepSize(`${this.#kind}:${which}`, size);
  }

  /** Brings a pane to the front and the keyboard to it. */
  show(which: Pane): void {
    this.pane = which;
    if (this.focused !== null) this.focused = which;
    if (which === 'inspector') this.#asked = true;
    focusOn(`[data-pane="${which}"]`);
  }

  get phoneTab(): PhoneTab {
    return this.pane === 'low' && this.low === 'terminal' ? 'terminal' : this.pane;
  }
  showPhoneTab(tab: PhoneTab): void {
    if (tab === 'terminal') return this.showTerminal();
    if (tab === 'low' && this.low === 'terminal') this.low = this.#lowFirst;
    this.show(tab);
  }

  /** Brings the terminals to the front and the keyboard to the one that is shown. */
  showTerminal(): void {
    this.low = 'terminal';
    this.show('low');
    focusOn('[data-pane="low"] [data-types]');
  }

  toggleDrawer(): void {
    if (this.drawer) this.closeDrawer();
    else this.#asked = true;
  }

  closeDrawer(): void {
    this.#asked = false;
    this.#dismissed = this.#session.selection;
  }

  /** Shows a view where it belongs; on a phone that pane comes to the front. */
  open(view: StageView | LowTab): void {
    if (isStageView(view)) this.view = view;
    else this.low = view;
    this.pane = isStageView(view) ? 'stage' : 'low';
  }

  /** What a keyboard command does to the panes. */
  obey(command: Command): void {
    if (command.startsWith('view-')) {
      this.view = stageTabs[Number(command.slice('view-'.length)) - 1]!.id;
      return this.show('stage');
    }
    switch (command) {
      case 'left':
      case 'inspector':
        return this.show(command);
      case 'events':
      case 'log':
        this.low = command;
        return this.show('low');
      case 'terminal':
        return this.showTerminal();
      case 'focus':
        this.focused = this.focused === null ? this.#inUse() : null;
        return;
      case 'help':
        this.dialog = 'keys';
        return;
      case 'describe':
        this.dialog = 'describe';
        return;
      case 'why':
        if (this.#session.selection === null) return;
        this.show('inspector');
        return focusOn('[data-why]');
      case 'back':
        return this.#back();
      default:
    }
  }

  get #selected(): boolean {
    return this.#session.selection !== null && this.#session.selection !== this.#dismissed;
  }

  #back(): void {
    if (this.drawer) this.closeDrawer();
    else if (this.focused !== null) this.focused = null;
    else if (this.#session.isPast) this.#session.goLive();
    else this.#session.select(null);
  }

  #inUse(): Pane {
    const found = document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset['pane'];
    return (found as Pane | undefined) ?? (this.phone ? this.pane : 'stage');
  }
}

function isStageView(view: StageView | LowTab): view is StageView {
  return stageTabs.some(({ id }) => id === view);
}

/** Once it is drawn. */
function focusOn(selector: string): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus());
}
