/**
 * painter — draws on the map's canvas what moves: packets as dots, letters as envelopes
 *
 * It draws a frame only when something has moved since the last one; at rest nothing runs.
 */
import type { VirtualTime } from '../../../workers/api.ts';

import type { MailsFold } from '../mails/fold.ts';

import { linkKey, type WiresFold } from './fold.ts';
import { pointAlong, type Board, type Cable, type Point } from './layout.ts';
import { ShownClock, Travel, type Traveller } from './motion.ts';

export interface Picture {
  board: Board;
  wires: WiresFold;
  mails: MailsFold;
  at: VirtualTime;
  /** false when the clock goes so fast that dots would be noise */
  withPackets: boolean;
  /** over how many milliseconds the clock's last jump is shown; 0 = at once */
  overMs: number;
}

interface Mover extends Traveller {
  kind: 'packet' | 'letter';
  cable: Cable;
  isForward: boolean;
  /** packet: protocol; letter: number of the mail */
  look: string | number;
  isSmall: boolean;
}

const dotsMax = 300;
const packetKeys = 1e9; // letters' keys are below it
const bigLettersMax = 12; // standing still, so few have their letter shown
const protocols = ['smtp', 'lmtp', 'imap', 'ldap', 'dns', 'tcp'];
const papers = 'abcdefgh';

/** Draws packets and letters on the way, frame by frame. */
export class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #clock = new ShownClock();
  readonly #travel = new Travel();
  readonly #movers = new Map<number, Mover>();
  #cables = new Map<string, Cable>();
  #picture: Picture | null = null;
  #lastShown: VirtualTime = 0;
  #frame = 0;
  #colours = new Map<string, string>();
  #stamps: HTMLCanvasElement[] = [];
  #isBlank = true;
  /** each frame drawn: wall time, and envelopes in it; for measuring; null = not measured */
  frames: { ms: number; letters: number }[] | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  show(picture: Picture): void {
    const wall = performance.now();
    const isNewBoard = this.#picture?.board !== picture.board;
    if (isNewBoard) this.#fit(picture.board);
    if (this.#picture === null || picture.overMs === 0) this.#reset(picture.at);
    if (this.#picture?.at !== picture.at || isNewBoard) this.#clock.jump(picture.at, wall, picture.overMs);
    this.#picture = picture;
    if (this.#frame === 0) this.#frame = requestAnimationFrame(this.#paint);
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #reset(at: VirtualTime): void {
    this.#movers.clear();
    this.#travel.forget();
    this.#lastShown = at - 1;
  }

  readonly #paint = (): void => {
    this.#frame = 0;
    const picture = this.#picture;
    if (picture === null) return;
    const wall = performance.now();
    const isAnimated = picture.overMs > 0;
    const shown = this.#clock.at(wall);
    if (this.#stamps.length === 0) this.#prepare();
    this.#gather(picture, Math.min(this.#lastShown, shown), shown);
    this.#lastShown = shown;
    const isRunning = this.#clock.isRunning(wall);
    const isMoving = this.#draw(shown, wall, isAnimated, isRunning);
    if (isAnimated && (isRunning || isMoving)) this.#frame = requestAnimationFrame(this.#paint);
    else this.#stamps = []; // colours may change before the next movement
  };

  #gather({ wires, mails, withPackets }: Picture, after: VirtualTime, shown: VirtualTime): void {
    for (const carriage of mails.carriages.during(after, shown))
      this.#add(
        carriage.fromHost,
        carriage.toHost,
        carriage.event % packetKeys,
        carriage,
        'letter',
        carriage.mail,
        false,
      );
    const room = withPackets ? dotsMax - this.#movers.size : 0;
    if (room <= 0) return;
    for (const packet of wires.packets.during(after, shown, room))
      if (packet.until > packet.from && !packet.lost)
        this.#add(
          packet.fromHost,
          packet.toHost,
          packetKeys + packet.number,
          packet,
          'packet',
          packet.protocol,
          !packet.carriesBytes,
        );
  }

  #add(
    from: number,
    to: number,
    key: number,
    span: { from: VirtualTime; until: VirtualTime },
    kind: Mover['kind'],
    look: string | number,
    isSmall: boolean,
  ): void {
    const known = this.#movers.get(key);
    if (known !== undefined) {
      known.until = span.until;
      return;
    }
    const cable = this.#cables.get(linkKey(from, to));
    if (cable !== undefined)
      this.#movers.set(key, {
        key,
        from: span.from,
        until: span.until,
        kind,
        cable,
        isForward: cable.a === from,
        look,
        isSmall,
      });
  }

  /** @returns whether something still has way to go */
  #draw(shown: VirtualTime, wall: number, isAnimated: boolean, isRunning: boolean): boolean {
    const context = this.#canvas.getContext('2d')!;
    const scale = this.#scale;
    if (!this.#isBlank) context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    this.#isBlank = this.#movers.size === 0;
    this.#travel.begin();
    let isMoving = false;
    let letters = 0;
    let big = 0;
    for (const mover of this.#movers.values()) {
      const place = this.#travel.place(mover, shown, wall, isAnimated);
      if (place > 1) {
        this.#movers.delete(mover.key);
        continue;
      }
      isMoving ||= this.#travel.hasWayToGo(mover, shown);
      const point = pointAlong(mover.cable, mover.isForward ? place : 1 - place);
      if (mover.kind === 'packet') this.#dot(context, point, mover);
      else {
        letters++;
        this.#letter(context, point, mover, !isRunning && big++ < bigLettersMax);
      }
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    this.frames?.push({ ms: wall, letters });
    return isMoving;
  }

  #dot(context: CanvasRenderingContext2D, { x, y }: Point, mover: Mover): void {
    context.fillStyle = this.#colours.get(mover.look as string)!;
    const radius = mover.isSmall ? 2 : 3.2;
    context.beginPath();
    context.arc(x, y, radius, 0, 7);
    context.fill();
  }

  #letter(context: CanvasRenderingContext2D, { x, y }: Point, mover: Mover, isBig: boolean): void {
    const number = mover.look as number;
    if (!isBig) {
      context.drawImage(
        this.#stamps[number % papers.length]!,
        Math.round(x) - 14,
        Math.round(y) - 10,
        28,
        20,
      );
      return;
    }
    envelope(context, x - 18, y - 12, {
      width: 36,
      height: 24,
      paper: this.#paper(number),
      ink: this.#colours.get('ink')!,
    });
    context.fillStyle = this.#colours.get('ink')!;
    context.font = '600 10px "IBM Plex Sans", system-ui, sans-serif';
    context.textAlign = 'center';
    context.fillText(this.#picture!.mails.mails[number]?.letter ?? '', x, y - 2.6);
  }

  #paper(number: number): string {
    return this.#colours.get(`msg-${papers[number % papers.length]!}`)!;
  }

  /** Reads the theme's colours and draws the envelopes once, to be stamped. */
  #prepare(): void {
    const read = (name: string, variable: string) => {
      this.#canvas.style.color = `var(--${variable})`;
      this.#colours.set(name, getComputedStyle(this.#canvas).color);
    };
    for (const protocol of protocols)
      read(protocol, protocol === 'imap' || protocol === 'tcp' ? 'ink-2' : protocol);
    for (const paper of papers) read(`msg-${paper}`, `msg-${paper}`);
    read('ink', 'msg-ink');
    this.#stamps = [...papers].map((_, number) => {
      const stamp = document.createElement('canvas');
      stamp.width = 28 * this.#scale;
      stamp.height = 20 * this.#scale;
      const context = stamp.getContext('2d')!;
      context.scale(this.#scale, this.#scale);
      envelope(context, 1, 1, {
        width: 26,
        height: 18,
        paper: this.#paper(number),
        ink: this.#colours.get('ink')!,
      });
      return stamp;
    });
  }

  #scale = 1;
  #fit(board: Board): void {
    this.#scale = Math.min(2, window.devicePixelRatio || 1);
    this.#canvas.width = Math.round(board.width * this.#scale);
    this.#canvas.height = Math.round(board.height * this.#scale);
    this.#canvas.style.width = `${board.width}px`;
    this.#canvas.style.height = `${board.height}px`;
    this.#cables = new Map(board.cables.map((cable) => [linkKey(cable.a, cable.b), cable]));
    this.#movers.clear();
    this.#stamps = [];
    this.#isBlank = true;
  }
}

function envelope(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  { width, height, paper, ink }: { width: number; height: number; paper: string; ink: string },
): void {
  context.lineWidth = 1.5;
  context.lineJoin = 'round';
  context.strokeStyle = ink;
  context.fillStyle = paper;
  context.fillRect(x, y, width, height);
  context.strokeRect(x, y, width, height);
  context.beginPath();
  context.moveTo(x, y + 0.8);
  context.lineTo(x + width / 2, y + height * 0.58);
  context.lineTo(x + width, y + 0.8);
  context.stroke();
}
