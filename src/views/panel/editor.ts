/**
 * editor — CodeMirror for main.cf and master.cf: colours, findings in the text and the gutter, completion of names
 *
 * Fetched when a file is first opened. Tab leaves the editor, as everywhere on the page.
 */
import {
  autocompletion,
  completionKeymap,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, undo } from '@codemirror/commands';
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import {
  Compartment,
  EditorState,
  RangeSetBuilder,
  StateEffect,
  StateField,
  Transaction,
} from '@codemirror/state';
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  WidgetType,
  type DecorationSet,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';

import type { Finding } from '../../../workers/commands/postfix/check-main-cf.ts';

import { configMode, nameBefore, type ConfigFormat } from './config-mode.ts';

export interface EditorOptions {
  parent: HTMLElement;
  format: ConfigFormat;
  text: string;
  /** for those who do not see it */
  label: string;
  /** id of the element that lists the findings */
  describedBy: string;
  /** what may be written where a name is begun */
  completions: () => readonly Completion[];
  onchange: (text: string) => void;
  /** the cursor is on another line, counted from 1 */
  online: (line: number) => void;
  onsave: () => void;
}

/** One open file. */
export interface Editor {
  /** Puts what is elsewhere the text now in its place. */
  setText(text: string): void;
  /** Puts another text in its place; that can be undone like anything typed. */
  replace(text: string): void;
  setReadOnly(isReadOnly: boolean): void;
  /** Shows what is wrong, at its lines. */
  show(findings: readonly Finding[]): void;
  goTo(line: number): void;
  undo(): void;
  close(): void;
}

/** Opens a text for editing in `parent`. */
export function openEditor(options: EditorOptions): Editor {
  const readOnly = new Compartment();
  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({ doc: options.text, extensions: extensionsOf(options, readOnly) }),
  });
  const whole = (insert: string) => ({ changes: { from: 0, to: view.state.doc.length, insert } });
  const setReadOnly = (is: boolean) => [EditorState.readOnly.of(is), EditorView.editable.of(!is)];
  return {
    setText: (text) => {
      if (view.state.doc.toString() !== text)
        view.dispatch(whole(text), { annotations: Transaction.addToHistory.of(false) });
    },
    replace: (text) => view.dispatch(whole(text)),
    setReadOnly: (is) => view.dispatch({ effects: readOnly.reconfigure(setReadOnly(is)) }),
    show: (findings) => {
      const diagnostics = findings.map((finding) => diagnosticOf(finding, view.state));
      view.dispatch(setDiagnostics(view.state, diagnostics), { effects: setBeside.of(findings) });
    },
    goTo: (line) => {
      const { from, to } = view.state.doc.line(Math.min(line, view.state.doc.lines));
      view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
      view.focus();
    },
    undo: () => void undo(view),
    close: () => view.destroy(),
  };
}

function extensionsOf(options: EditorOptions, readOnly: Compartment) {
  let line = 0;
  return [
    lineNumbers(),
    highlightActiveLineGutter(),
    lintGutter(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    EditorView.lineWrapping,
    StreamLanguage.define(configMode(options.format)),
    syntaxHighlighting(colours),
    theme,
    beside,
    autocompletion({
      override: [(context) => complete(context, options)],
      icons: false,
      optionClass: (one) => (one.type === 'idle' ? 'cm-idle' : ''),
    }),
    readOnly.of([]),
    EditorView.contentAttributes.of({
      'aria-label': options.label,
      tabindex: '0',
      'aria-describedby': options.describedBy,
      autocapitalize: 'off',
      spellcheck: 'false',
    }),
    keymap.of([
      {
        key: 'Mod-s',
        run: () => {
          options.onsave();
          return true;
        },
      },
      ...completionKeymap,
      ...historyKeymap,
      ...lintKeymap,
      ...defaultKeymap,
    ]),
    EditorView.updateListener.of(({ state, docChanged }) => {
      if (docChanged) options.onchange(state.doc.toString());
      const now = state.doc.lineAt(state.selection.main.head).number;
      if (now !== line) options.online((line = now));
    }),
  ];
}

function complete(context: CompletionContext, options: EditorOptions): CompletionResult | null {
  const line = context.state.doc.lineAt(context.pos);
  const begun = nameBefore(options.format, line.text.slice(0, context.pos - line.from));
  if (begun === null || (begun.text === '' && !context.explicit)) return null;
  const found = options.completions().filter(({ label }) => label.includes(begun.text));
  return {
    from: context.pos - begun.text.length,
    options: found.map((one) => ({
      ...one,
      apply: one.label + begun.after,
      boost: (one.boost ?? 0) + (one.label.startsWith(begun.text) ? 10 : 0),
    })),
  };
}

function diagnosticOf({ line, severity, text }: Finding, { doc }: EditorState): Diagnostic {
  const { from, to, text: whole } = doc.line(Math.min(line, doc.lines));
  const start = from + whole.search(/\S|$/);
  return { from: start, to, severity: severity === 'note' ? 'info' : severity, message: text };
}

// ---- what is wrong, said behind the line -----------------------------------------------------------

class Remark extends WidgetType {
  readonly finding: Finding;
  constructor(finding: Finding) {
    super();
    this.finding = finding;
  }
  override eq(other: Remark): boolean {
    return other.finding.text === this.finding.text && other.finding.severity === this.finding.severity;
  }
  toDOM(): HTMLElement {
    const element = document.createElement('span');
    element.className = `cm-remark cm-remark-${this.finding.severity}`;
    element.textContent = this.finding.text;
    element.setAttribute('aria-hidden', 'true'); // the list below says it
    return element;
  }
}

const setBeside = StateEffect.define<readonly Finding[]>();
const beside = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, { state, changes, effects }) {
    let shown = value.map(changes);
    for (const effect of effects) if (effect.is(setBeside)) shown = remarksOf(effect.value, state);
    return shown;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The first of each line. */
function remarksOf(findings: readonly Finding[], { doc }: EditorState): DecorationSet {
  const remarks = new RangeSetBuilder<Decoration>();
  let before = 0;
  for (const finding of findings) {
    if (finding.line === before || finding.line > doc.lines) continue;
    before = finding.line;
    const { to } = doc.line(finding.line);
    remarks.add(to, to, Decoration.widget({ widget: new Remark(finding), side: 1 }));
  }
  return remarks.finish();
}

// ---- looks -----------------------------------------------------------------------------------------

const colours = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--ink-3)', fontStyle: 'italic' },
  { tag: tags.propertyName, color: 'var(--ink)', fontWeight: '600' },
  { tag: tags.variableName, color: 'var(--dns-text)' },
  { tag: tags.string, color: 'var(--smtp-text)' },
  { tag: tags.keyword, color: 'var(--learn)' },
  { tag: tags.operator, color: 'var(--ink-3)' },
]);

const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'var(--stage)', fontSize: '12px' },
  '&.cm-focused': { outline: 'var(--w-focus) solid var(--ink)', outlineOffset: '-3px' },
  '.cm-scroller': { font: '400 var(--t-mono) var(--mono)', overflow: 'auto' },
  '.cm-content': { padding: '6px 0', caretColor: 'var(--ink)' },
  '.cm-cursor, .cm-dropCursor': { borderLeft: '2px solid var(--ink)' },
  '.cm-line': { padding: '0 8px' },
  '.cm-gutters': {
    backgroundColor: 'var(--pane)',
    color: 'var(--ink-3)',
    borderRight: '1px solid var(--rule)',
  },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--wash) 60%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--wash)', color: 'var(--ink)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    background: 'var(--post-wash)',
  },
  '.cm-gutter-lint': { width: '16px' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '0 2px' },
  '.cm-lint-marker': { content: 'none', width: '12px', height: '18px', textAlign: 'center' },
  '.cm-lint-marker-error::before': { content: '"✕"', color: 'var(--fail-text)', fontWeight: '600' },
  '.cm-lint-marker-warning::before': { content: '"▲"', color: 'var(--wait-text)' },
  '.cm-lint-marker-info::before': { content: '"·"', color: 'var(--ink-3)' },
  '.cm-lintRange': { backgroundImage: 'none' },
  '.cm-lintRange-error': { textDecoration: 'underline wavy var(--fail) 1px', textUnderlineOffset: '3px' },
  '.cm-lintRange-warning': { textDecoration: 'underline wavy var(--wait) 1px', textUnderlineOffset: '3px' },
  '.cm-remark': { paddingLeft: '2ch', pointerEvents: 'none', textDecoration: 'none' },
  '.cm-remark-error': { color: 'var(--fail-text)', fontWeight: '600' },
  '.cm-remark-warning': { color: 'var(--wait-text)', fontWeight: '600' },
  '.cm-remark-note': { color: 'var(--ink-3)', fontStyle: 'italic' },
  '.cm-tooltip': {
    backgroundColor: 'var(--pane)',
    color: 'var(--ink)',
    border: '1px solid var(--line)',
    borderRadius: 'var(--r-2)',
  },
  '.cm-diagnostic': { font: '400 var(--t-ui) var(--sans)', padding: '4px 8px', border: '0' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { font: '400 var(--t-mono) var(--mono)', maxHeight: '216px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', minHeight: '24px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--post-wash)', color: 'var(--ink)' },
  '.cm-completionMatchedText': { textDecoration: 'underline', textUnderlineOffset: '3px' },
  '.cm-completionDetail': { color: 'var(--ink-3)', fontStyle: 'normal' },
  '.cm-idle': { color: 'var(--ink-3)' },
  '.cm-tooltip.cm-completionInfo': {
    font: '400 var(--t-ui) var(--sans)',
    padding: '8px 10px',
    maxWidth: '300px',
    whiteSpace: 'pre-line',
  },
  '@media (max-width: 599px)': {
    '.cm-tooltip.cm-completionInfo': { display: 'none' }, // it would hide the list; the note below says the same
  },
});
